import type { Shape } from '../dim.ts';
import { distinct, type Fed, operationCase } from './operation-case.ts';

const equations: readonly [equation: string, ...shapes: Shape[]][] = [
  ['ij->ji', ['batch', 4]],
  ['bij->b', ['batch', 4, 2]],
  ['ij', ['batch', 4]],
  ['ii->i', [4, 4]],
  ['bii->b', ['batch', 4, 4]],
  ['iji->j', [2, 'batch', 2]],
  ['i,i->', [5], [5]],
  ['i,j->ij', ['batch'], [4]],
  ['bij,bjk->bik', ['batch', 2, 4], ['batch', 4, 5]],
  ['bqhd,bkhd->bhqk', ['batch', 4, 2, 5], ['batch', 2, 2, 5]],
  ['bsd,dhk->bshk', ['batch', 2, 4], [4, 2, 5]],
  ['bhk,shk->bs', ['batch', 2, 4], [5, 2, 4]],
  ['bij,bij->bi', ['batch', 4, 2], ['batch', 4, 2]],
  ['...ij,...jk->...ik', [2, 1, 2, 4], ['batch', 4, 5]],
  ['b...,b...', ['batch', 4, 1], ['batch', 1, 2]],
  ['i...->...', ['batch', 4, 2]],
  ['bi,ij,bj->b', ['batch', 4], [4, 5], ['batch', 5]],
  ['bx,y->b', ['batch', 4], [2]],
];

export const einsumCases = equations.map(([equation, ...shapes]) => {
  const fed = Object.fromEntries(shapes.map((shape, index): [string, Fed] => [`x${index}`, distinct(shape)]));
  return operationCase(`Einsum ${equation} of ${shapes.length}`, fed, (graph, inputs) =>
    graph.add(
      'Einsum',
      shapes.map((_, index) => inputs[`x${index}`]!),
      { equation },
    ),
  );
});
