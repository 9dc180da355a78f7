import { fileURLToPath } from 'node:url';

/** Path of the `descent` command, to run as a process. It needs the built packages. */
export const descentCommand = fileURLToPath(new URL('../bin/descent.js', import.meta.url));

export type { DemoResult } from './demo-result.ts';
export type { ProcessRow, StackFile } from './stack/stack-file.ts';
export { type Decision, decide } from './supervisor/decide.ts';
