import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { expandLike } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { globallyPooled } from '../rules/pooling.ts';

/** ONNX GlobalAveragePool: the mean over all spatial axes, which stay as 1. */
export const globalAveragePool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: {},
  shape: (context) => [{ dtype: 'float32', shape: globallyPooled(context) }],
  evaluate: ([x], _, [type]) => {
    const [values, out] = [numbers(x!), zeros(type!.shape)];
    const plane = elementCount(x!.shape.slice(2));
    values.forEach((value, index) => {
      out[Math.floor(index / plane)]! += value / plane;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, type } = context;
    const x = inputOf(context, 0);
    const plane = elementCount(type(x).shape.slice(2) as readonly number[]);
    const shared = graph.add('Mul', [outputGradient(context), graph.scalar(1 / plane)]);
    return [expandLike(graph, shared, x)];
  },
  flops: ([x]) => elementCount(x!.shape),
};
