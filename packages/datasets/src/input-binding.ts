import type { SizedStep } from './transforms/flow.ts';

/** One column that feeds an input. */
export interface BoundColumn {
  readonly column: string;
  /** Shape of one row as it is stored. */
  readonly stored: readonly number[];
  /** Elements of one row as they are stored. */
  readonly elements: number;
  /** Elements of one row after the transforms. */
  readonly width: number;
  readonly steps: readonly SizedStep[];
}

/** How one input of the model is fed. The elements of its columns follow each other in every row. */
export interface InputBinding {
  readonly input: string;
  readonly dtype: 'float32' | 'int32' | 'int64';
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly columns: readonly BoundColumn[];
  /** Rows of a sample: sample i has the `length` rows from i·stride + shift on. */
  readonly rows: { readonly length: number; readonly stride: number; readonly shift: number };
}

/** What the model says of one of its inputs. */
export interface ModelInput {
  readonly name: string;
  /** Of one sample, without the batch axis. */
  readonly shape: readonly number[];
  readonly dtype: InputBinding['dtype'];
  /** For labels of softmaxCrossEntropy: values must be integers from 0 to classes − 1. */
  readonly classes?: number;
  /** A value besides them that may occur. */
  readonly ignored?: number;
}
