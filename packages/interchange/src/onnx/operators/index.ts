import * as computations from './computations.ts';
import * as constants from './constants.ts';
import type { OperatorImporter } from './operator.ts';
import { isOperation, plain } from './plain.ts';
import * as shapes from './shapes.ts';

interface Entry {
  readonly import: OperatorImporter;
  /** The operation of the graph that it becomes, where that has another name; null: only values known while importing. */
  readonly becomes?: string | null;
}

/** Operators that differ between opsets, or that the importer computes itself. All others are taken as they are. */
const entries: Readonly<Record<string, Entry>> = {
  BatchNormalization: { import: computations.batchNormalization },
  Cast: { import: computations.cast },
  CastLike: { import: computations.castLike, becomes: 'Cast' },
  Clip: { import: computations.clip },
  Constant: { import: constants.constant, becomes: null },
  ConstantOfShape: { import: constants.constantOfShape, becomes: null },
  Dropout: { import: computations.dropout, becomes: null },
  EyeLike: { import: computations.eyeLike },
  Expand: { import: shapes.expand },
  GRU: { import: computations.recurrent },
  Identity: { import: constants.identity },
  LSTM: { import: computations.recurrent },
  LogSoftmax: { import: computations.softmax },
  Hardmax: { import: computations.softmax },
  PRelu: { import: computations.pRelu },
  Pad: { import: shapes.pad },
  RNN: { import: computations.recurrent },
  Range: { import: constants.range, becomes: null },
  ReduceL1: { import: computations.reduce },
  ReduceL2: { import: computations.reduce },
  ReduceLogSum: { import: computations.reduce },
  ReduceLogSumExp: { import: computations.reduce },
  ReduceMax: { import: computations.reduce },
  ReduceMean: { import: computations.reduce },
  ReduceMin: { import: computations.reduce },
  ReduceProd: { import: computations.reduce },
  ReduceSum: { import: computations.reduceSum },
  ReduceSumSquare: { import: computations.reduce },
  Reshape: { import: shapes.reshape },
  Resize: { import: computations.resize },
  Scatter: { import: computations.scatter, becomes: 'ScatterElements' },
  Shape: { import: constants.shape, becomes: null },
  Size: { import: constants.size, becomes: null },
  Slice: { import: shapes.slice },
  Softmax: { import: computations.softmax },
  Split: { import: shapes.split },
  Squeeze: { import: shapes.squeeze },
  TopK: { import: computations.topK },
  Unsqueeze: { import: shapes.unsqueeze },
  Upsample: { import: computations.resize, becomes: 'Resize' },
};

/** The importer of an ONNX operator; undefined where the graph has no such operation. */
export function importerOf(op: string): OperatorImporter | undefined {
  const entry = Object.hasOwn(entries, op) ? entries[op] : undefined;
  const becomes = entry?.becomes === undefined ? op : entry.becomes;
  if (becomes !== null && !isOperation(becomes)) return undefined;
  return entry?.import ?? plain;
}

/** Operators that are computed while importing, or become others. */
export const importedOperators: readonly string[] = Object.keys(entries);

/**
 * Float inputs that are settings and not weights, by operator: an initialiser that nothing else reads stays a constant.
 * Integers always do.
 */
export const settingInputs: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  Dropout: [1, 2],
  OneHot: [1, 2],
  Pad: [1, 2],
  Pow: [1],
  Range: [0, 1, 2],
  Resize: [1, 2],
  Upsample: [1],
};
