import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createArrivalSum, createTreeSum, type Total } from './tree-sum.ts';

interface Text {
  text: string;
}
const joined = (left: Text, right: Text) => {
  left.text = `(${left.text}${right.text})`;
};
const totalOf = ([left, right]: Total<Text>) => {
  if (right !== undefined) joined(left, right);
  return left.text;
};

/** Adds strings as brackets, so the result shows the whole tree. `nodes` are [first, count]. */
function bracketing(count: number, nodes: readonly (readonly [number, number])[]): string | undefined {
  const tree = createTreeSum<Text>(count, joined);
  let total: string | undefined;
  for (const [first, size] of nodes) {
    const done = tree.add(first, size, { text: nodeText(first, size) });
    if (done !== undefined) total = totalOf(done);
  }
  return total;
}

/** What a worker sends for a node: its leaves in brackets, in the order of the tree. */
function nodeText(first: number, size: number): string {
  if (size === 1) return `${first}`;
  const half = 2 ** (Math.ceil(Math.log2(size)) - 1);
  return `(${nodeText(first, half)}${nodeText(first + half, size - half)})`;
}

const leaves = (order: readonly number[]) => order.map((index) => [index, 1] as const);

test('the tree of one, two, three, five and eight operands', () => {
  const all = (count: number) => bracketing(count, leaves([...Array(count).keys()]));
  expect([1, 2, 3, 5, 8].map(all)).toEqual([
    '0',
    '(01)',
    '((01)2)',
    '(((01)(23))4)',
    '(((01)(23))((45)(67)))',
  ]);
});

test('every arrival order gives the same tree', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 33 })
        .chain((n) =>
          fc.tuple(fc.constant(n), fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n })),
        ),
      ([count, order]) => {
        expect(bracketing(count, leaves(order))).toBe(nodeText(0, count));
      },
    ),
  );
});

test('every way to cut the step into nodes gives the same tree', () => {
  const cut = (first: number, size: number, deep: () => boolean): (readonly [number, number])[] => {
    if (size === 1 || !deep()) return [[first, size]];
    const half = 2 ** (Math.ceil(Math.log2(size)) - 1);
    return [...cut(first, half, deep), ...cut(first + half, size - half, deep)];
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 33 }), fc.infiniteStream(fc.boolean()), (count, coins) => {
      const nodes = cut(0, count, () => coins.next().value as boolean);
      const shuffled = nodes.toSorted(([a], [b]) => ((a * 7) % 5) - ((b * 7) % 5));
      expect(bracketing(count, shuffled)).toBe(nodeText(0, count));
    }),
  );
});

test('the last two operands are left to the caller', () => {
  const tree = createTreeSum<Text>(4, joined);
  expect(tree.add(2, 2, { text: '(23)' })).toBeUndefined();
  expect(tree.add(0, 1, { text: '0' })).toBeUndefined();
  expect(tree.add(1, 1, { text: '1' })).toEqual([{ text: '(01)' }, { text: '(23)' }]);
});

test('a sum by arrival adds whatever comes next', () => {
  const sum = createArrivalSum<Text>(4, joined);
  expect(sum.add(3, 1, { text: '3' })).toBeUndefined();
  expect(sum.add(0, 2, { text: '(01)' })).toBeUndefined();
  expect(totalOf(sum.add(2, 1, { text: '2' })!)).toBe('((3(01))2)');
});
