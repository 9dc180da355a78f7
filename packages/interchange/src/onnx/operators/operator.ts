import type { Emitter } from '../emitter.ts';
import type { OnnxNode } from '../read-graph.ts';
import type { Value } from '../value.ts';

/** What the importer of one operator sees. */
export interface OperatorContext {
  readonly node: OnnxNode;
  /** Version of ONNX's operator set. */
  readonly opset: number;
  /** Undefined for an absent optional input. */
  readonly inputs: readonly (Value | undefined)[];
  /** Outputs that somebody reads; the others need not be given. */
  readonly outputs: number;
  readonly emitter: Emitter;
  /** The name for the node of the graph. */
  readonly name: string;
  /** A float32 value of zeros with the batch on one axis and 1 on the others: [1, batch, 1]. */
  batchZeros(rank: number, axis: number): Value;
  /** Drops elements at random in training. */
  dropout(input: Value, rate: number): Value;
  /** The running averages that batch normalisation in training updates. */
  state(value: Value, momentum: number): Value;
  /** Batch size that the file was traced with, where its inputs name one. */
  readonly tracedBatch: number | undefined;
}

/** Brings a node of any supported opset to what the computation graph has: opset 17, or simpler operations. */
export type OperatorImporter = (context: OperatorContext) => readonly Value[];
