import { addDims, type Dim, renderShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { text } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { integersOf, numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute, wrongInputs } from '../rules/refuse.ts';

/** ONNX Pad, mode constant: `pads` are all begins, then all ends, constant and not negative. */
export const pad: Operation = {
  inputs: [
    { name: 'data', dtypes: 'number' },
    { name: 'pads', dtypes: 'index' },
    { name: 'constant_value', dtypes: 'number', presence: 'optional' },
  ],
  attributes: { mode: 'text' },
  shape: (context) => {
    const { node, inputs } = context;
    const { dtype, shape } = inputs[0]!;
    if (text(node.attributes, 'mode', 'constant') !== 'constant') {
      throw wrongAttribute(node, 'mode', 'must be constant');
    }
    const pads = context.constant(1);
    if (pads === undefined) throw wrongInputs(node, 'takes pads that are a constant');
    const widths = integersOf(pads);
    if (widths.length !== 2 * shape.length || widths.some((width) => width < 0)) {
      throw wrongInputs(node, `takes ${2 * shape.length} pads of at least 0, not [${widths.join(', ')}]`);
    }
    if (inputs[2] !== undefined && (inputs[2].shape.length > 0 || inputs[2].dtype !== dtype)) {
      throw wrongInputs(node, `takes a constant_value that is one ${dtype}`);
    }
    return [
      {
        dtype,
        shape: shape.map((dim, axis): Dim => {
          const width = widths[axis]! + widths[axis + shape.length]!;
          if (width === 0) return dim;
          const padded = addDims(dim, width);
          if (padded === undefined) {
            throw mismatch(
              context,
              `axis ${axis} of ${renderShape(shape)} is the batch and cannot be padded`,
            );
          }
          return padded;
        }),
      },
    ];
  },
  evaluate: ([data, pads, value], _, [type]) => {
    const out = zeros(type!.shape).fill(value === undefined ? 0 : numbers(value)[0]!);
    const strides = stridesOf(type!.shape);
    const begins = integersOf(pads!).slice(0, strides.length);
    const base = begins.reduce((sum, begin, axis) => sum + begin * strides[axis]!, 0);
    const into = offsets(data!.shape, strides, base);
    numbers(data!).forEach((element, index) => {
      out[into[index]!] = element;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, type } = context;
    const { shape } = type(inputOf(context, 0));
    const widths = integersOf(context.constant(1)!);
    const cut = shape.flatMap((_, axis) => (widths[axis]! + widths[axis + shape.length]! > 0 ? [axis] : []));
    const dy = outputGradient(context);
    if (cut.length === 0) return [dy, undefined, undefined];
    const bounds = [
      cut.map((axis) => widths[axis]!),
      cut.map((axis) => widths[axis]! + Number(shape[axis])),
      cut,
    ];
    const inside: ValueName = graph.add('Slice', [dy, ...bounds.map((list) => graph.integers(list))]);
    if (!context.needs[2]) return [inside, undefined, undefined];
    const sum = (value: ValueName) => graph.add('ReduceSum', [value], { keepdims: 0 });
    return [inside, undefined, graph.add('Sub', [sum(dy), sum(inside)])];
  },
  flops: () => 0,
};
