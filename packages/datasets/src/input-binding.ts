/** One column that feeds an input: every element x becomes x·factor + offset. */
export interface BoundColumn {
  readonly column: string;
  /** Elements per sample. */
  readonly elements: number;
  readonly factor: number;
  readonly offset: number;
}

/** How one input of the model is fed. The elements of its columns follow each other in every sample. */
export interface InputBinding {
  readonly input: string;
  readonly dtype: 'float32' | 'int32' | 'int64';
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly columns: readonly BoundColumn[];
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
