import type { Tensor } from '@descent/tensors';
import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX Unique: the different slices along `axis` (without it: the different elements), ascending or, with `sorted` 0,
 * as they first appear; then the index of each first appearance, the place of every slice among them, and how often
 * each appears. Of constants, whose number is known.
 */
export const unique: Operation = {
  inputs: [{ name: 'X', dtypes: 'any' }],
  attributes: { axis: 'integer', sorted: 'integer' },
  shape: (context) => {
    const x = context.constant(0);
    if (x === undefined) {
      throw wrongInputs(context.node, 'takes a constant only: the size of its result depends on the values');
    }
    const given = context.node.attributes.axis as number | undefined;
    const axis = given === undefined ? undefined : axisOf(context.node, given, x.shape.length);
    const { first, place } = groupsOf(x, context.node.attributes);
    const counted = { dtype: 'int64', shape: [first.length] } as const;
    return [
      { dtype: x.dtype, shape: axis === undefined ? [first.length] : x.shape.with(axis, first.length) },
      counted,
      { dtype: 'int64', shape: [place.length] },
      counted,
    ];
  },
  evaluate: ([x], attributes, types) => {
    const { outer, size, inner, first, place, counts } = groupsOf(x!, attributes);
    const [values, out] = [numbers(x!), zeros(types[0]!.shape)];
    for (let block = 0; block < outer; block += 1) {
      first.forEach((row, at) => {
        const from = (block * size + row) * inner;
        out.set(values.subarray(from, from + inner), (block * first.length + at) * inner);
      });
    }
    return [out, ...[first, place, counts].map((list) => Float64Array.from(list))]
      .slice(0, types.length)
      .map((list, output) => tensorOf(types[output]!, list));
  },
  gradient: 'zero',
  flops: () => 0,
};

/** Slices that are equal, in the order of the result. */
function groupsOf(x: Tensor, attributes: Attributes) {
  const values = numbers(x);
  const lanes =
    attributes.axis === undefined
      ? { outer: 1, size: values.length, inner: 1 }
      : lanesOf(x.shape, integer(attributes, 'axis', 0));
  const { outer, size, inner } = lanes;
  const slices = Array.from({ length: size }, (_, row) =>
    Array.from({ length: outer }, (_, block) => {
      const from = (block * size + row) * inner;
      return Array.from(values.subarray(from, from + inner));
    }).flat(),
  );
  const groups = new Map<string, { readonly slice: readonly number[]; readonly rows: number[] }>();
  slices.forEach((slice, row) => {
    const known = groups.get(slice.join());
    if (known === undefined) groups.set(slice.join(), { slice, rows: [row] });
    else known.rows.push(row);
  });
  const list = [...groups.values()];
  if (integer(attributes, 'sorted', 1) !== 0) list.sort((a, b) => compare(a.slice, b.slice));
  const place = new Array<number>(size).fill(0);
  list.forEach(({ rows }, at) => {
    for (const row of rows) place[row] = at;
  });
  return {
    ...lanes,
    first: list.map(({ rows }) => rows[0]!),
    place,
    counts: list.map(({ rows }) => rows.length),
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : a[at]! - b[at]!;
}
