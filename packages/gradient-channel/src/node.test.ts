import { expect, test } from 'vitest';
import { deepestLevel, isNode, nodeLevel } from './node.ts';

test('the nodes over six micro-batches are those of the tree', () => {
  const nodes = [];
  for (let first = 0; first < 6; first++)
    for (let count = 1; count <= 7; count++) if (isNode(first, count, 6)) nodes.push([first, count]);
  expect(nodes).toEqual([
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 6],
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 1],
    [4, 1],
    [4, 2],
    [5, 1],
  ]);
});

test('a node of no micro-batches does not exist', () => {
  expect(isNode(0, 0, 4)).toBe(false);
});

test('the level of a node is that of the smallest one which covers so many', () => {
  expect([1, 2, 3, 4, 5, 8].map(nodeLevel)).toEqual([0, 1, 2, 2, 3, 3]);
});

test('a node is as large as the step, unless its gradient buffers would take more than 1 GiB', () => {
  expect(deepestLevel(8, 40e6)).toBe(3);
  expect(deepestLevel(1, 40e6)).toBe(0);
  expect(deepestLevel(8, 300e6)).toBe(1);
  expect(deepestLevel(8, 2e9)).toBe(0);
});
