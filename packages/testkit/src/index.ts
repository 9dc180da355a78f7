export { findLeaks, type LeakScope } from './find-leaks.ts';
export { freePort } from './free-port.ts';
export { mlpLayers, mnistJob } from './mnist-job.ts';
export { createRandom, type Random } from './random.ts';
export {
  type CommandResult,
  cleanEnvironment,
  descentCommand,
  type RunOptions,
  runDescent,
} from './run-descent.ts';
export { type Line, startProxy, type TestProxy } from './start-proxy.ts';
export { type ProcessRow, type Stack, type StackOptions, startStack } from './start-stack.ts';
export { whenFile } from './when-file.ts';
export { whenJobEvent, whenJobState, whenStep } from './when-job.ts';
