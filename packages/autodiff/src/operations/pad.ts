import { addDims, type Dim, renderShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { GradientContext, Operation, ShapeContext } from '../operation.ts';
import { axesOf, text } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { stridesOf } from '../rules/indexing.ts';
import { integersOf, numbers, tensorOf } from '../rules/numbers.ts';
import {
  type PadMode,
  type PadWidths,
  paddedSources,
  padModes,
  padWidths,
  sourcesOf,
} from '../rules/padding.ts';
import { mismatch, sameDtype, wrongAttribute, wrongInputs } from '../rules/refuse.ts';

/** Modes but constant need a table of what lies where. */
const widestPad = 2 ** 20;

/**
 * ONNX Pad (opset 19), mode constant, reflect, edge or wrap. `pads` are all begins, then all ends, of the given axes;
 * negative ones cut away, before anything is reflected or wrapped. The batch axis cannot be padded.
 */
export const pad: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'pads', dtypes: 'index' },
    { name: 'constant_value', dtypes: 'any', presence: 'optional' },
    { name: 'axes', dtypes: 'index', presence: 'optional' },
  ],
  attributes: { mode: 'text' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const { before, after } = widthsOrRefuse(context);
    const mode = modeOf(context.node.attributes);
    const padded = shape.map((dim, axis): Dim => {
      const [begin, end] = [before[axis]!, after[axis]!];
      if (begin === 0 && end === 0) return dim;
      const all = renderShape(shape);
      if (typeof dim !== 'number')
        throw mismatch(context, `axis ${axis} of ${all} is the batch and cannot be padded`);
      if (mode !== 'constant' && Math.max(begin, end) > widestPad) {
        throw wrongInputs(context.node, `repeats at most ${widestPad} elements, not ${Math.max(begin, end)}`);
      }
      const kept = dim + Math.min(begin, 0) + Math.min(end, 0);
      if (kept < 0 || (kept === 0 && mode !== 'constant')) {
        throw mismatch(
          context,
          `nothing is left of axis ${axis} of ${all} after pads of ${begin} and ${end}`,
        );
      }
      return addDims(kept, Math.max(begin, 0) + Math.max(end, 0))!;
    });
    return [{ dtype, shape: padded }];
  },
  evaluate: ([data, pads, value, axes], attributes, [type]) => {
    const { shape } = data!;
    const widths = padWidths(integersOf(pads!), axes && integersOf(axes), shape.length);
    const sources = sourcesOf(modeOf(attributes), widths, shape);
    const strides = stridesOf(shape);
    const from = sources.reduce<readonly number[]>(
      (bases, list, axis) =>
        bases.flatMap((base) =>
          list.map((source) => (base < 0 || source < 0 ? -1 : base + source * strides[axis]!)),
        ),
      [0],
    );
    const [values, constant] = [numbers(data!), value === undefined ? 0 : numbers(value)[0]!];
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => (offset < 0 ? constant : values[offset]!)),
      ),
    ];
  },
  gradient: (context) => {
    const { node, type } = context;
    const { shape } = type(inputOf(context, 0));
    const axes = context.constant(3);
    const widths = padWidths(integersOf(context.constant(1)!), axes && integersOf(axes), shape.length);
    const mode = modeOf(node.attributes);
    return mode === 'constant' ? gradientOfConstant(context, widths) : [gathered(context, mode, widths)];
  },
  flops: () => 0,
};

function modeOf(attributes: Attributes): PadMode {
  return text(attributes, 'mode', 'constant') as PadMode;
}

function widthsOrRefuse(context: ShapeContext): PadWidths {
  const { node, inputs } = context;
  const { dtype, shape } = inputs[0]!;
  if (!padModes.includes(modeOf(node.attributes))) {
    throw wrongAttribute(node, 'mode', `must be one of ${padModes.join(', ')}`);
  }
  const [pads, axes] = [context.constant(1), context.constant(3)];
  if (pads === undefined || (inputs[3] !== undefined && axes === undefined)) {
    throw wrongInputs(node, 'takes pads and axes that follow from constants');
  }
  const list = axes && axesInOrder(context, integersOf(axes));
  const widths = integersOf(pads);
  const expected = 2 * (list ?? shape).length;
  if (widths.length !== expected) {
    throw wrongInputs(node, `takes ${expected} pads, not [${widths.join(', ')}]`);
  }
  if (inputs[2] !== undefined) {
    sameDtype(context, 0, 2);
    if (inputs[2].shape.some((dim) => dim !== 1))
      throw wrongInputs(node, `takes a constant_value that is one ${dtype}`);
  }
  return padWidths(widths, list, shape.length);
}

/** Checked, and left in their order: that of the pads. */
function axesInOrder({ node, inputs }: ShapeContext, axes: readonly number[]): readonly number[] {
  axesOf(node, axes, inputs[0]!.shape.length);
  return axes;
}

/** Cut away what was added; put zeros where something was cut away. */
function gradientOfConstant(
  context: GradientContext,
  { before, after }: PadWidths,
): readonly (ValueName | undefined)[] {
  const { graph, needs, type } = context;
  const dy = outputGradient(context);
  const resized = (value: ValueName, widths: readonly number[]) =>
    widths.every((width) => width === 0) ? value : graph.add('Pad', [value, graph.integers(widths)]);
  const negated = [...before, ...after].map((width) => (width === 0 ? 0 : -width));
  const inside = resized(
    dy,
    negated.map((width) => Math.min(width, 0)),
  );
  const gradient = needs[0]
    ? resized(
        inside,
        negated.map((width) => Math.max(width, 0)),
      )
    : undefined;
  if (!needs[2]) return [gradient];
  const sum = (value: ValueName) => graph.add('ReduceSum', [value], { keepdims: 0 });
  const outside = graph.add('Sub', [sum(dy), sum(inside)]);
  const ones = type(inputOf(context, 2)).shape.map(() => 1);
  const byConstant = ones.length === 0 ? outside : graph.add('Reshape', [outside, graph.integers(ones)]);
  return [gradient, undefined, byConstant];
}

/** The other modes repeat elements, axis by axis, and the gradients of an element add up. */
function gathered(context: GradientContext, mode: PadMode, { before, after }: PadWidths): ValueName {
  const { graph, type } = context;
  return type(inputOf(context, 0)).shape.reduce<ValueName>((gradient, size, axis) => {
    if ((before[axis] === 0 && after[axis] === 0) || typeof size !== 'number') return gradient;
    const sources = graph.integers(paddedSources(mode, size, before[axis]!, after[axis]!));
    return graph.add('GatherGrad', [gradient, sources], { axis, size });
  }, outputGradient(context));
}
