import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { globallyPooled, spatialAxes } from '../rules/pooling.ts';

/** ONNX GlobalMaxPool: the maximum over all spatial axes, which stay as 1. Its gradient goes to the first of equals. */
export const globalMaxPool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: {},
  shape: (context) => [{ dtype: 'float32', shape: globallyPooled(context) }],
  evaluate: ([x], _, [type]) => {
    const [values, plane] = [numbers(x!), elementCount(x!.shape.slice(2))];
    const maxima = Float64Array.from({ length: elementCount(type!.shape) }, (_, index) =>
      values.subarray(index * plane, (index + 1) * plane).reduce((a, b) => Math.max(a, b)),
    );
    return [tensorOf(type!, maxima)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const x = node.inputs[0]!;
    return [graph.add('ReduceMax', [x], { axes: spatialAxes(type(x).shape), keepdims: 1 })];
  },
  flops: ([x]) => elementCount(x!.shape),
};
