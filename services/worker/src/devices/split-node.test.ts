import { expect, test } from 'vitest';
import { type NodePart, splitNode } from './split-node.ts';

const describePart = (part: NodePart): string =>
  'from' in part ? `${part.from}-${part.to}` : `(${describePart(part.left)} ${describePart(part.right)})`;

test.each([
  [1, 2, '0-1'],
  [4, 1, '0-4'],
  [4, 2, '(0-2 2-4)'],
  [8, 3, '((0-2 2-4) 4-8)'],
  [8, 4, '((0-2 2-4) (4-6 6-8))'],
  [3, 2, '(0-2 2-3)'],
  [5, 8, '(((0-1 1-2) (2-3 3-4)) 4-5)'],
])('%i micro-batches on %i devices: %s', (count, parts, expected) => {
  expect(describePart(splitNode(0, count, parts))).toBe(expected);
});
