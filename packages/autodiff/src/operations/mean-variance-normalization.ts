import { elementCount } from '@descent/tensors';
import type { Shape } from '../dim.ts';
import type { Node } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { axesOf, integers } from '../rules/attributes.ts';
import { momentsOver } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { reductionOffsets } from '../rules/reduction.ts';

/** Added to the standard deviation, as in the operator's definition. */
const epsilon = 1e-9;

/** ONNX MeanVarianceNormalization: (X − mean) ÷ (σ + 1e-9) over `axes`, by default 0, 2 and 3: per channel of images. */
export const meanVarianceNormalization: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { axes: 'integers' },
  shape: ({ node, inputs: [x] }) => {
    normalizedAxes(node, x!.shape);
    return [x!];
  },
  evaluate: ([x], attributes, [type]) => {
    const node = { name: 'MeanVarianceNormalization', op: 'MeanVarianceNormalization', attributes } as const;
    const [values, out] = [numbers(x!), zeros(type!.shape)];
    const groups = new Map<number, number[]>();
    reductionOffsets(x!.shape, normalizedAxes(node, x!.shape)).forEach((group, offset) => {
      const known = groups.get(group);
      if (known === undefined) groups.set(group, [offset]);
      else known.push(offset);
    });
    for (const offsets of groups.values()) {
      const { mean, variance } = momentsOver(values, offsets);
      for (const offset of offsets) out[offset] = (values[offset]! - mean) / (Math.sqrt(variance) + epsilon);
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const x = node.inputs[0]!;
    const axes = normalizedAxes(node, type(x).shape);
    const mean = (value: string) => graph.add('ReduceMean', [value], { axes, keepdims: 1 });
    const centred = graph.add('Sub', [x, mean(x)]);
    const variance = mean(graph.add('Mul', [centred, centred]));
    const deviation = graph.add('Add', [graph.add('Sqrt', [variance]), graph.scalar(epsilon)]);
    return [graph.add('Div', [centred, deviation])];
  },
  flops: ([x]) => 6 * elementCount(x!.shape),
};

function normalizedAxes(node: Pick<Node, 'name' | 'op' | 'attributes'>, shape: Shape): readonly number[] {
  return axesOf(node, integers(node.attributes, 'axes') ?? [0, 2, 3], shape.length);
}
