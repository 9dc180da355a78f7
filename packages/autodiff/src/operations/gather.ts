import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { countedIndices } from '../rules/counted-index.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { lanesOf } from '../rules/lanes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';

/** ONNX Gather: slices of `data` along `axis` (0), picked by indices of any shape; −1 is the last. */
export const gather: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
  ],
  attributes: { axis: 'integer' },
  shape: ({ node, inputs: [data, indices] }) => {
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), data!.shape.length);
    return [{ dtype: data!.dtype, shape: data!.shape.toSpliced(axis, 1, ...indices!.shape) }];
  },
  evaluate: ([data, indices], attributes, [type]) => {
    const { outer, size, inner } = lanesOf(data!.shape, integer(attributes, 'axis', 0));
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    const rows = countedIndices('Gather', indices!, size);
    for (let block = 0; block < outer; block += 1) {
      rows.forEach((row, position) => {
        const from = (block * size + row) * inner;
        out.set(values.subarray(from, from + inner), (block * rows.length + position) * inner);
      });
    }
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const { shape } = type(inputOf(context, 0));
    const axis = axisOf(node, integer(node.attributes, 'axis', 0), shape.length);
    const size = shape[axis]!;
    if (typeof size !== 'number') return [alongBatch(context, axis), undefined];
    const gradient = graph.add('GatherGrad', [outputGradient(context), inputOf(context, 1)], { axis, size });
    return [gradient, undefined];
  },
  flops: () => 0,
};

/** ScatterND takes its shape from a value, which may be open, but scatters along the first axis only. */
function alongBatch(context: GradientContext, axis: number): ValueName {
  const { graph, type } = context;
  const [data, indices, dy] = [inputOf(context, 0), inputOf(context, 1), outputGradient(context)];
  const ordered = (value: ValueName, first: number, count: number) => {
    const axes = type(value).shape.map((_, at) => at);
    const perm = [...axes.slice(first, first + count), ...axes.slice(0, first), ...axes.slice(first + count)];
    return { perm, value: axis === 0 ? value : graph.add('Transpose', [value], { perm }) };
  };
  const { perm, value: empty } = ordered(expandLike(graph, graph.scalar(0), data), axis, 1);
  const { value: updates } = ordered(dy, axis, type(indices).shape.length);
  const rows = graph.add('Unsqueeze', [indices, graph.integers([-1])]);
  const scattered = graph.add('ScatterND', [empty, rows, updates], { reduction: 'add' });
  if (axis === 0) return scattered;
  return graph.add('Transpose', [scattered], { perm: perm.map((_, at) => perm.indexOf(at)) });
}
