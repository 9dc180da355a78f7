import { type Dim, renderShape, type Shape, sameDim, sameShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { ShapeContext } from '../operation.ts';
import { integer, real } from './attributes.ts';
import { mismatch, wrongAttribute, wrongInputs } from './refuse.ts';

/** Sizes of an attention node, the same whether its inputs have their heads as an axis or side by side. */
export interface AttentionSizes {
  readonly batch: Dim;
  readonly heads: number;
  /** Heads of K and V; each serves heads ÷ sharedHeads heads of Q. */
  readonly sharedHeads: number;
  readonly queries: number;
  /** Keys of this node, without the past ones. */
  readonly keys: number;
  readonly past: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** True where heads lie side by side in the last axis: inputs of 3 axes. */
  readonly flat: boolean;
}

/** The sizes, from inputs that the shape rule has checked. */
export function attentionSizes(
  shapes: readonly (Shape | undefined)[],
  attributes: Attributes,
): AttentionSizes {
  const [q, k, v, , past] = shapes as [Shape, Shape, Shape, Shape?, Shape?];
  const flat = q.length === 3;
  const heads = flat ? integer(attributes, 'q_num_heads', 0) : Number(q[1]);
  const sharedHeads = flat ? integer(attributes, 'kv_num_heads', 0) : Number(k[1]);
  const [length, size] = flat ? [1, 2] : [2, 3];
  return {
    batch: q[0]!,
    heads,
    sharedHeads,
    queries: Number(q[length]),
    keys: Number(k[length]),
    past: past === undefined ? 0 : Number(past[2]),
    keySize: flat ? Number(q[2]) / heads : Number(q[size]),
    valueSize: flat ? Number(v[2]) / sharedHeads : Number(v[size]),
    flat,
  };
}

export function scaleOf(attributes: Attributes, keySize: number): number {
  return real(attributes, 'scale', 1 / Math.sqrt(keySize));
}

/** The sizes, or an error that names what does not belong together. */
export function attentionOrRefuse(context: ShapeContext): AttentionSizes {
  const { node, inputs } = context;
  const shapes = inputs.map((input) => input?.shape);
  const [q, k, v] = shapes as [Shape, Shape, Shape];
  if (![3, 4].includes(q.length) || k.length !== q.length || v.length !== q.length) {
    throw mismatch(
      context,
      `Q, K and V have 3 axes [batch, length, heads · size] or 4 [batch, heads, length, size], not ${[q, k, v].map(renderShape).join(', ')}`,
    );
  }
  if (
    [q, k, v].some(
      (shape) => shape.slice(1).some((dim) => typeof dim !== 'number') || !sameDim(shape[0], q[0]),
    )
  ) {
    throw mismatch(context, 'only the first axis of Q, K and V may hold the batch, and it must be the same');
  }
  if (q.length === 3) {
    for (const name of ['q_num_heads', 'kv_num_heads'] as const) {
      const heads = node.attributes[name];
      const shape = name === 'q_num_heads' ? q : k;
      if (heads === undefined) throw wrongAttribute(node, name, 'is missing: the inputs have 3 axes');
      if (Number(heads) < 1 || Number(shape[2]) % Number(heads) !== 0) {
        throw wrongAttribute(
          node,
          name,
          `is ${heads}, which does not divide the last axis of ${renderShape(shape)}`,
        );
      }
    }
  }
  const sizes = attentionSizes(shapes, node.attributes);
  const { batch, heads, sharedHeads, keys, past, keySize, valueSize, flat } = sizes;
  const expected = (size: number): Shape =>
    flat ? [batch, keys, sharedHeads * size] : [batch, sharedHeads, keys, size];
  if (!sameShape(k, expected(keySize)) || !sameShape(v, expected(valueSize))) {
    throw mismatch(
      context,
      `K ${renderShape(k)} and V ${renderShape(v)} must be ${renderShape(expected(keySize))} and ${renderShape(expected(valueSize))}`,
    );
  }
  if (heads % sharedHeads !== 0) {
    throw mismatch(context, `${heads} heads of Q cannot share ${sharedHeads} heads of K and V evenly`);
  }
  checkPast(context, sizes, past);
  checkMask(context, sizes);
  return sizes;
}

function checkPast(context: ShapeContext, sizes: AttentionSizes, past: number): void {
  const [pastKey, pastValue] = [context.inputs[4], context.inputs[5]];
  if ((pastKey === undefined) !== (pastValue === undefined)) {
    throw wrongInputs(context.node, 'takes past_key and past_value together or not at all');
  }
  if (pastKey === undefined || pastValue === undefined) return;
  const { batch, sharedHeads, keySize, valueSize } = sizes;
  const fits =
    sameShape(pastKey.shape, [batch, sharedHeads, past, keySize]) &&
    sameShape(pastValue.shape, [batch, sharedHeads, past, valueSize]);
  if (!fits) {
    throw mismatch(
      context,
      `past_key ${renderShape(pastKey.shape)} and past_value ${renderShape(pastValue.shape)} do not continue K and V`,
    );
  }
}

function checkMask(context: ShapeContext, { batch, heads, queries, keys, past }: AttentionSizes): void {
  const mask = context.inputs[3];
  if (mask === undefined) return;
  const scores: Shape = [batch, heads, queries, past + keys];
  const lead = scores.length - mask.shape.length;
  const fits = lead >= 0 && mask.shape.every((dim, axis) => dim === 1 || sameDim(dim, scores[axis + lead]));
  if (!fits) {
    throw mismatch(
      context,
      `attn_mask ${renderShape(mask.shape)} does not broadcast to the scores ${renderShape(scores)}`,
    );
  }
  if (mask.dtype !== 'float32' && mask.dtype !== 'bool') {
    throw wrongInputs(context.node, `takes an attn_mask of float32 or bool, not ${mask.dtype}`);
  }
}
