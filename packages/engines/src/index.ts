export { createEngine, type EngineChoice } from './choose-engine.ts';
export { describeEngines, type EngineDescription } from './describe-engines.ts';
export type {
  Bindings,
  BoundProgram,
  CompileOptions,
  DeviceName,
  ElementArray,
  Engine,
  EngineName,
  Port,
  Program,
} from './engine.ts';
export {
  deviceNames,
  engineNames,
} from './engine.ts';
export { createOnnxEngine, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
export { readEngineChoice } from './read-engine-choice.ts';
export type { TfjsBackend } from './tfjs/backends.ts';
export { createTfjsEngine, type TfjsEngineOptions } from './tfjs/tfjs-engine.ts';
