export type { DemoResult } from './demo-result.ts';
export type { ProcessRow, StackFile } from './stack/stack-file.ts';
