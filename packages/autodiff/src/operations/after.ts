import type { Operation } from '../operation.ts';

/**
 * X, but not before every `after` is there: the order of nodes that no value connects. `recompute` needs it, since an
 * engine runs a node whenever it can and merges it with an equal one.
 */
export const after: Operation = {
  inputs: [
    { name: 'X', dtypes: 'any' },
    { name: 'after', dtypes: 'float', presence: 'variadic' },
  ],
  attributes: {},
  shape: ({ inputs: [x] }) => [x!],
  evaluate: ([x]) => [x!],
  gradient: 'first-order-only',
  flops: () => 0,
};
