import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { tensorOf } from '../rules/numbers.ts';

/** ONNX Size: the number of elements as an int64 scalar, read at run time. */
export const size: Operation = {
  inputs: [{ name: 'data', dtypes: 'any' }],
  attributes: {},
  shape: () => [{ dtype: 'int64', shape: [] }],
  evaluate: ([data], _, [type]) => [tensorOf(type!, Float64Array.of(elementCount(data!.shape)))],
  gradient: 'zero',
  flops: () => 0,
};
