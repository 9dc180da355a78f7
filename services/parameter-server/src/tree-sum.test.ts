import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTreeSum } from './tree-sum.ts';

/** Adds strings as brackets, so the result shows the whole tree. */
function bracketing(count: number, order: readonly number[]): string | undefined {
  const tree = createTreeSum<{ text: string }>(count, (left, right) => {
    left.text = `(${left.text}${right.text})`;
  });
  let total: { text: string } | undefined;
  for (const index of order) total = tree.add(index, { text: `${index}` }) ?? total;
  return total?.text;
}

test('the tree of one, two, three, five and eight operands', () => {
  expect(bracketing(1, [0])).toBe('0');
  expect(bracketing(2, [0, 1])).toBe('(01)');
  expect(bracketing(3, [0, 1, 2])).toBe('((01)2)');
  expect(bracketing(5, [0, 1, 2, 3, 4])).toBe('(((01)(23))4)');
  expect(bracketing(8, [0, 1, 2, 3, 4, 5, 6, 7])).toBe('(((01)(23))((45)(67)))');
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
        expect(bracketing(count, order)).toBe(
          bracketing(
            count,
            [...order].sort((a, b) => a - b),
          ),
        );
      },
    ),
  );
});

test('the total comes only with the last operand', () => {
  const tree = createTreeSum<{ value: number }>(3, (left, right) => {
    left.value += right.value;
  });
  expect(tree.add(2, { value: 4 })).toBeUndefined();
  expect(tree.add(0, { value: 1 })).toBeUndefined();
  expect(tree.add(1, { value: 2 })).toEqual({ value: 7 });
});
