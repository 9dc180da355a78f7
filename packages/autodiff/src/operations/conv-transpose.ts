import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { DecomposeContext, Operation, ShapeContext } from '../operation.ts';
import { integer, integers } from '../rules/attributes.ts';
import { checkAxes } from '../rules/convolution.ts';
import { stridesOf, unravel } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';
import { type TransposedWindow, transposedWindowOf, transposedWindowOrRefuse } from '../rules/transposed.ts';
import { windowAttributes } from '../rules/window.ts';

/**
 * ONNX ConvTranspose over any number of spatial axes: X [n, channels, ...spatial], W [channels, filters ÷ group,
 * ...kernel], B [filters] → [n, filters, ...]. Each element of X adds a kernel to the result.
 */
export const convTranspose: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'W', dtypes: 'float' },
    { name: 'B', dtypes: 'float', presence: 'optional' },
  ],
  attributes: {
    ...windowAttributes,
    group: 'integer',
    output_padding: 'integers',
    output_shape: 'integers',
  },
  shape: (context) => {
    const [x, w] = [context.inputs[0]!.shape, context.inputs[1]!.shape];
    checkChannels(context);
    const window = transposedWindowOrRefuse(context, fixed(x.slice(2)), fixed(w.slice(2)));
    const filters = Number(w[1]) * integer(context.node.attributes, 'group', 1);
    return [{ dtype: 'float32', shape: [x[0]!, filters, ...window.output] }];
  },
  evaluate: ([x, w, b], attributes, [type]) => {
    const [values, weights, out] = [numbers(x!), numbers(w!), zeros(type!.shape)];
    const [samples, filters, ...output] = type!.shape as [number, number, ...number[]];
    const groups = integer(attributes, 'group', 1);
    const [channels, perGroup] = [x!.shape[1]!, filters / groups];
    const plane = elementCount(output);
    if (b !== undefined) {
      const bias = numbers(b);
      for (let i = 0; i < out.length; i += 1) out[i] = bias[Math.floor(i / plane) % filters]!;
    }
    const added = landings(transposedWindowOf(x!.shape.slice(2), w!.shape.slice(2), attributes));
    const [places, elements] = [elementCount(x!.shape.slice(2)), elementCount(w!.shape.slice(2))];
    for (let sample = 0; sample < samples; sample += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const group = Math.floor(channel / (channels / groups));
        for (let filter = 0; filter < perGroup; filter += 1) {
          const kernel = (channel * perGroup + filter) * elements;
          const planeX = (sample * channels + channel) * places;
          const planeY = (sample * filters + group * perGroup + filter) * plane;
          for (const { place, element, target } of added) {
            out[planeY + target]! += values[planeX + place]! * weights[kernel + element]!;
          }
        }
      }
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: (context) => [withBias(context, adjoint(context))],
  flops: ([x, w, b], [y]) =>
    2 * elementCount(x!.shape) * elementCount(w!.shape.slice(1)) +
    (b === undefined ? 0 : elementCount(y!.shape)),
};

function checkChannels(context: ShapeContext): void {
  const { node, inputs } = context;
  const [x, w] = [inputs[0]!.shape, inputs[1]!.shape];
  const groups = integer(node.attributes, 'group', 1);
  checkAxes(context, x, w, '[channels, filters, ...kernel]');
  const [channels, filters] = [Number(x[1]), Number(w[1]) * groups];
  if (groups < 1 || channels % groups !== 0) {
    throw wrongAttribute(node, 'group', `is ${groups}, which does not divide the ${channels} channels`);
  }
  if (w[0] !== channels) {
    throw mismatch(
      context,
      `X ${renderShape(x)} has ${channels} channels, W ${renderShape(w)} is for ${w[0]}`,
    );
  }
  const bias = inputs[2]?.shape;
  if (bias !== undefined && !sameShape(bias, [filters])) {
    throw mismatch(context, `B is ${renderShape(bias)}, but there are ${filters} filters`);
  }
  const kernel = integers(node.attributes, 'kernel_shape');
  if (kernel !== undefined && !sameShape(kernel, w.slice(2))) {
    throw wrongAttribute(node, 'kernel_shape', `is ${renderShape(kernel)}, but W is ${renderShape(w)}`);
  }
}

/** For each element of a plane of X and each of the kernel, where their product is added in a plane of the result. */
function landings(window: TransposedWindow) {
  const { input, kernel, strides, dilations, pads, output } = window;
  const skip = stridesOf(output);
  return Array.from({ length: elementCount(input) }, (_, place) => place).flatMap((place) => {
    const corner = unravel(place, input).map((at, axis) => at * strides[axis]! - pads[axis]!);
    return Array.from({ length: elementCount(kernel) }, (__, element) => element).flatMap((element) => {
      const at = unravel(element, kernel).map((step, axis) => corner[axis]! + step * dilations[axis]!);
      if (at.some((position, axis) => position < 0 || position >= output[axis]!)) return [];
      return [{ place, element, target: at.reduce((sum, each, axis) => sum + each * skip[axis]!, 0) }];
    });
  });
}

/**
 * The input gradient of the convolution that would take the result back to X. It is asked for the part of the result
 * that windows reach; what output_padding or output_shape add beyond is zeros.
 */
function adjoint({ graph, node, type }: DecomposeContext): ValueName {
  const [x, w] = [node.inputs[0]!, node.inputs[1]!];
  const rank = type(x).shape.length - 2;
  const { input, kernel, strides, dilations, pads, output } = transposedWindowOf(
    fixed(type(x).shape.slice(2)),
    fixed(type(w).shape.slice(2)),
    node.attributes,
  );
  const begins = pads.slice(0, rank).map((pad) => Math.max(0, pad));
  const before = pads.slice(0, rank).map((pad) => Math.max(0, -pad));
  const reached = input.map(
    (size, axis) =>
      (size - 1) * strides[axis]! +
      (kernel[axis]! - 1) * dilations[axis]! +
      1 -
      begins[axis]! +
      before[axis]!,
  );
  const ends = reached.map((size, axis) => Math.max(0, size - output[axis]!));
  const after = reached.map((size, axis) => Math.max(0, output[axis]! - size));
  const computed = graph.add('ConvInputGrad', [x, w], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...begins, ...ends],
    group: integer(node.attributes, 'group', 1),
    input_shape: output.map((size, axis) => size - before[axis]! - after[axis]!),
  });
  if ([...before, ...after].every((pad) => pad === 0)) return computed;
  return graph.add('Pad', [computed, graph.integers([0, 0, ...before, 0, 0, ...after])]);
}

function withBias({ graph, node, type }: DecomposeContext, value: ValueName): ValueName {
  const bias = node.inputs[2] ?? '';
  if (bias === '') return value;
  const perChannel = type(node.inputs[0]!)
    .shape.map((_, axis) => (axis === 1 ? -1 : 1))
    .slice(1);
  return graph.add('Add', [value, graph.add('Reshape', [bias, graph.integers(perChannel)])]);
}

function fixed(dims: readonly unknown[]): readonly number[] {
  return dims.map(Number);
}
