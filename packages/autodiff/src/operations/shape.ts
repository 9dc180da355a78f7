import type { Operation } from '../operation.ts';
import { tensorOf } from '../rules/numbers.ts';

/** ONNX Shape: the shape as an int64 vector, read at run time. */
export const shape: Operation = {
  inputs: [{ name: 'data', dtypes: 'any' }],
  attributes: {},
  shape: ({ inputs: [data] }) => [{ dtype: 'int64', shape: [data!.shape.length] }],
  evaluate: ([data], _, [type]) => [tensorOf(type!, Float64Array.from(data!.shape))],
  gradient: 'zero',
  flops: () => 0,
};
