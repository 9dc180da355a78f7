import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer, real } from '../rules/attributes.ts';
import { unbroadcast } from '../rules/broadcast.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { inverseRoot, momentsOver, runs, standardizedGradient } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * Gradients of `LayerNormalization` by X and by Scale, from dY, X and Scale. With g = dY · Scale and x̂ the standardised X:
 * dX = (g − mean g − x̂ · mean(g · x̂)) · InvStdDev, and dScale = dY · x̂ summed to the shape of Scale.
 */
export const layerNormalizationGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'X', dtypes: 'float' },
    { name: 'Scale', dtypes: 'float' },
  ],
  attributes: { axis: 'integer', epsilon: 'real' },
  shape: (context) => {
    const [dy, x, scale] = context.inputs;
    if (!sameShape(dy!.shape, x!.shape)) {
      throw mismatch(
        context,
        `dY ${renderShape(dy!.shape)} must have the shape of X ${renderShape(x!.shape)}`,
      );
    }
    axisOf(context.node, integer(context.node.attributes, 'axis', -1), x!.shape.length);
    return [x!, scale!];
  },
  evaluate: ([dy, x, scale], attributes, types) => {
    const [upstream, values, scales] = [numbers(dy!), numbers(x!), numbers(scale!)];
    const toScale = broadcastOffsets(scale!.shape, x!.shape);
    const node = { name: 'LayerNormalizationGrad', op: 'LayerNormalizationGrad' } as const;
    const size = elementCount(x!.shape.slice(axisOf(node, integer(attributes, 'axis', -1), x!.shape.length)));
    const epsilon = real(attributes, 'epsilon', 1e-5);
    const [dx, dScale] = [zeros(x!.shape), zeros(scale!.shape)];
    for (const offsets of runs(values.length, size)) {
      const { mean, variance } = momentsOver(values, offsets);
      const gradient = standardizedGradient(
        values,
        offsets,
        epsilon,
        (offset) => upstream[offset]! * scales[toScale[offset]!]!,
      );
      for (const offset of offsets) {
        dx[offset] = gradient(offset);
        dScale[toScale[offset]!]! +=
          (upstream[offset]! * (values[offset]! - mean)) / Math.sqrt(variance + epsilon);
      }
    }
    return types.map((type, index) => tensorOf(type, [dx, dScale][index]!));
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const [dy, x, scale] = node.inputs as [string, string, string];
    const { shape } = type(x);
    const first = axisOf(node, integer(node.attributes, 'axis', -1), shape.length);
    const axes = shape.map((_, axis) => axis).slice(first);
    const mean = (value: string) => graph.add('ReduceMean', [value], { axes, keepdims: 1 });
    const centred = graph.add('Sub', [x, mean(x)]);
    const variance = mean(graph.add('Mul', [centred, centred]));
    const inverse = inverseRoot(graph, variance, real(node.attributes, 'epsilon', 1e-5));
    const standard = graph.add('Mul', [centred, inverse]);
    const gradient = graph.add('Mul', [dy, scale]);
    const slope = mean(graph.add('Mul', [gradient, standard]));
    const straight = graph.add('Sub', [
      graph.add('Sub', [gradient, mean(gradient)]),
      graph.add('Mul', [standard, slope]),
    ]);
    const dScale = unbroadcast(graph, graph.add('Mul', [dy, standard]), type(scale).shape);
    return [graph.add('Mul', [straight, inverse]), dScale];
  },
  flops: (_, outputs) => (outputs.length === 1 ? 11 : 13) * elementCount(outputs[0]!.shape),
};
