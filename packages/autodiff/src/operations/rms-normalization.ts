import { elementCount } from '@descent/tensors';
import { broadcastShapes, renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer, real } from '../rules/attributes.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { fixedOrRefuse, inverseRoot, runs } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX RMSNormalization (opset 23): X ÷ √(mean X² + epsilon) · scale, the mean over the axes from `axis` (−1) on. Scale
 * broadcasts to X. Zhang & Sennrich (2019).
 */
export const rmsNormalization: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'scale', dtypes: 'float' },
  ],
  attributes: { axis: 'integer', epsilon: 'real', stash_type: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const [x, scale] = [inputs[0]!.shape, inputs[1]!.shape];
    const axis = axisOf(node, integer(node.attributes, 'axis', -1), x.length);
    fixedOrRefuse(context, x.slice(axis), 'the axes to normalise over');
    if (integer(node.attributes, 'stash_type', 1) !== 1) {
      throw wrongAttribute(node, 'stash_type', 'must be 1, float32');
    }
    const common = broadcastShapes(scale, x);
    if (common === undefined || !sameShape(common, x)) {
      throw mismatch(context, `scale ${renderShape(scale)} does not broadcast to X ${renderShape(x)}`);
    }
    return [inputs[0]!];
  },
  evaluate: ([x, scale], attributes, [type]) => {
    const [values, scales, out] = [numbers(x!), numbers(scale!), zeros(type!.shape)];
    const toScale = broadcastOffsets(scale!.shape, x!.shape);
    const node = { name: 'RMSNormalization', op: 'RMSNormalization' } as const;
    const axis = axisOf(node, integer(attributes, 'axis', -1), x!.shape.length);
    for (const offsets of runs(values.length, elementCount(x!.shape.slice(axis)))) {
      const squares = offsets.reduce((sum, offset) => sum + values[offset]! ** 2, 0) / offsets.length;
      const root = Math.sqrt(squares + real(attributes, 'epsilon', 1e-5));
      for (const offset of offsets) out[offset] = (values[offset]! / root) * scales[toScale[offset]!]!;
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const [x, scale] = node.inputs as [string, string];
    const { shape } = type(x);
    const first = axisOf(node, integer(node.attributes, 'axis', -1), shape.length);
    const axes = shape.map((_, axis) => axis).slice(first);
    const squares = graph.add('ReduceMean', [graph.add('Mul', [x, x])], { axes, keepdims: 1 });
    const inverse = inverseRoot(graph, squares, real(node.attributes, 'epsilon', 1e-5));
    return [graph.add('Mul', [graph.add('Mul', [x, inverse]), scale])];
  },
  flops: ([x]) => 4 * elementCount(x!.shape),
};
