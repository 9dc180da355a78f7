import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { renderShape, type Shape, sameShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { AttributeKind, ShapeContext } from '../operation.ts';
import { integer, text } from './attributes.ts';
import { eachLane, lanesOf } from './lanes.ts';
import { numbers } from './numbers.ts';
import { mismatch, wrongAttribute } from './refuse.ts';

export const crossEntropyAttributes = {
  ignore_index: 'integer',
  reduction: 'text',
} as const satisfies Record<string, AttributeKind>;

/** Shape of the loss before its reduction; refuses scores and labels that do not belong together. */
export function labelShapeOrRefuse(context: ShapeContext, scores: Shape, labels: Shape): Shape {
  const expected = [...scores.slice(0, 1), ...scores.slice(2)];
  if (scores.length < 2 || !sameShape(labels, expected)) {
    throw mismatch(
      context,
      `scores are [n, classes, ...] with labels [n, ...]; they are ${renderShape(scores)} and ${renderShape(labels)}`,
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

/** Calls `visit` per counted sample with its position among the labels, the offsets of its scores and its label. */
export function eachLabelled(
  scores: Tensor,
  labels: Tensor,
  attributes: Attributes,
  visit: (sample: number, offsets: readonly number[], label: number) => void,
): void {
  const ignored = attributes.ignore_index === undefined ? undefined : integer(attributes, 'ignore_index', 0);
  const chosen = numbers(labels);
  const lanes = lanesOf(scores.shape, 1);
  let sample = 0;
  eachLane(lanes, (offsets) => {
    const label = chosen[sample]!;
    if (label !== ignored) {
      if (label < 0 || label >= lanes.size) {
        throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', {
          op: 'SoftmaxCrossEntropyLoss',
          index: label,
          size: lanes.size,
        });
      }
      visit(sample, offsets, label);
    }
    sample += 1;
  });
}
