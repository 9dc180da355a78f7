import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { renderShape, type Shape, sameShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { AttributeKind, InputRule, ShapeContext } from '../operation.ts';
import { integer, text } from './attributes.ts';
import { eachLane, lanesOf } from './lanes.ts';
import { numbers } from './numbers.ts';
import { mismatch, wrongAttribute } from './refuse.ts';

/** Inputs after the scores, and attributes, that SoftmaxCrossEntropyLoss and NegativeLogLikelihoodLoss share. */
export const labelInputs = [
  { name: 'labels', dtypes: 'index' },
  { name: 'weights', dtypes: 'float', presence: 'optional' },
] as const satisfies readonly InputRule[];

export const crossEntropyAttributes = {
  ignore_index: 'integer',
  reduction: 'text',
} as const satisfies Record<string, AttributeKind>;

/** Shape of the loss before its reduction; refuses scores, labels and class weights that do not belong together. */
export function labelShapeOrRefuse(
  context: ShapeContext,
  scores: Shape,
  labels: Shape,
  weights: Shape | undefined,
): Shape {
  const expected = [...scores.slice(0, 1), ...scores.slice(2)];
  if (scores.length < 2 || !sameShape(labels, expected)) {
    throw mismatch(
      context,
      `scores are [n, classes, ...] with labels [n, ...]; they are ${renderShape(scores)} and ${renderShape(labels)}`,
    );
  }
  if (weights !== undefined && !sameShape(weights, scores.slice(1, 2))) {
    throw mismatch(
      context,
      `weights are one per class, so ${renderShape(scores.slice(1, 2))}; they are ${renderShape(weights)}`,
    );
  }
  const { node } = context;
  if (!['none', 'sum', 'mean'].includes(reductionOf(node.attributes))) {
    throw wrongAttribute(node, 'reduction', 'must be none, sum or mean');
  }
  return expected;
}

export function reductionOf(attributes: Attributes): string {
  return text(attributes, 'reduction', 'mean');
}

/** One sample that counts. */
export interface Labelled {
  /** Position among the labels. */
  readonly sample: number;
  /** Of its scores, one per class. */
  readonly offsets: readonly number[];
  readonly label: number;
  /** Of its class; 1 where there are no class weights. */
  readonly weight: number;
}

/** Visits each sample that is not ignored. Returns the sum of their weights, which a mean divides by. */
export function eachLabelled(
  op: string,
  [scores, labels, weights]: readonly (Tensor | undefined)[],
  attributes: Attributes,
  visit: (labelled: Labelled) => void,
): number {
  const ignored = attributes.ignore_index === undefined ? undefined : integer(attributes, 'ignore_index', 0);
  const [chosen, perClass] = [numbers(labels!), weights && numbers(weights)];
  const lanes = lanesOf(scores!.shape, 1);
  let sample = 0;
  let total = 0;
  eachLane(lanes, (offsets) => {
    const label = chosen[sample]!;
    if (label !== ignored) {
      if (label < 0 || label >= lanes.size) {
        throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', { op, index: label, size: lanes.size });
      }
      const weight = perClass?.[label] ?? 1;
      total += weight;
      visit({ sample, offsets, label, weight });
    }
    sample += 1;
  });
  return total;
}
