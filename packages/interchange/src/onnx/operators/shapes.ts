import { type Dim, divideCounts, elementCountOf, type Shape, sameCount, sameDim } from '@descent/autodiff';
import { elementCount, type Tensor } from '@descent/tensors';
import { type Emitter, integers } from '../emitter.ts';
import { nodeError } from '../import-error.ts';
import { integerOf, integersOf } from '../read-graph.ts';
import { shapeOfProbes } from '../symbolic-size.ts';
import { constantOf, known, type Value } from '../value.ts';
import { int64Vector, knownTensors } from './constants.ts';
import { expandTo } from './expand-to.ts';
import type { OperatorContext, OperatorImporter } from './operator.ts';
import { attributesOf, emitNode, operationNamed, plain } from './plain.ts';

export const reshape: OperatorImporter = (context) => {
  const { node, inputs, emitter, name } = context;
  const [data] = inputs as readonly [Value, Value];
  if (data.kind === 'known') return plain({ ...context, node: { ...node, attributes: new Map() } });
  const target = targetShape(context, 1);
  if (integerOf(node, 'allowzero') === 1 && target.includes(0)) {
    throw nodeError(node.place, `would make an empty tensor [${target.join(', ')}]`);
  }
  const from = emitter.type(data).shape;
  const dims = resolve(from, target, context.tracedBatch);
  if (dims === undefined) {
    throw nodeError(node.place, `cannot reshape [${from.join(', ')}] to [${target.join(', ')}]`);
  }
  return [reshapeTo(emitter, data, dims, name) ?? refuseReshape(context, from, dims)];
};

function refuseReshape({ node }: OperatorContext, from: Shape, to: Shape): never {
  throw nodeError(
    node.place,
    `cannot reshape [${from.join(', ')}] to [${to.join(', ')}]: the batch is in two axes`,
  );
}

/** Undefined where the batch would be in two axes that move. */
export function reshapeTo(emitter: Emitter, value: Value, dims: Shape, name?: string): Value | undefined {
  const { shape } = emitter.type(value);
  const target = dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return sameDim(dim, shape[axis]) ? 0 : -1;
  });
  if (target.filter((dim) => dim === -1).length > 1) return undefined;
  return emitter.emit('Reshape', [value, integers(...target)], {}, name === undefined ? {} : { name })[0];
}

/** The shape with 0 and −1 replaced. A file traced with a fixed batch size has that number where the batch belongs. */
function resolve(from: Shape, target: Shape, tracedBatch: number | undefined): Shape | undefined {
  const kept = target.map((dim, axis): Dim => (dim === 0 ? (from[axis] ?? 0) : dim));
  const batched = kept.some((dim) => typeof dim !== 'number');
  if (tracedBatch !== undefined && !batched && elementCountOf(from).power > 0) {
    for (const [axis, dim] of kept.entries()) {
      if (dim !== tracedBatch) continue;
      const dims = complete(from, kept.with(axis, 'batch'));
      if (dims !== undefined) return dims;
    }
    for (const [axis, dim] of kept.entries()) {
      if (typeof dim !== 'number' || dim < tracedBatch || dim % tracedBatch !== 0) continue;
      const dims = complete(from, kept.with(axis, `${dim / tracedBatch}*batch`));
      if (dims !== undefined) return dims;
    }
  }
  return complete(from, kept);
}

function complete(from: Shape, kept: Shape): Shape | undefined {
  const total = elementCountOf(from);
  const free = kept.indexOf(-1);
  if (free === -1) return sameCount(total, elementCountOf(kept)) ? kept : undefined;
  const inferred = divideCounts(total, elementCountOf(kept.toSpliced(free, 1)));
  return inferred === undefined || kept.indexOf(-1, free + 1) !== -1 ? undefined : kept.with(free, inferred);
}

function targetShape(context: OperatorContext, input: number): Shape {
  const shape = shapeOfProbes(knownTensors(context, input));
  if (shape !== undefined) return shape;
  throw nodeError(context.node.place, 'its shape depends on the batch size in a way that cannot be followed');
}

export const expand: OperatorImporter = (context) => {
  const { inputs, emitter, tracedBatch } = context;
  const [value, given] = inputs as readonly [Value, Value];
  const data = tracedBatch === undefined ? value : withoutTracedBatch(value, tracedBatch);
  if (data.kind === 'known' && constantOf(given) !== undefined) return plain(context);
  const target = targetShape(context, 1);
  const { shape } = emitter.type(data);
  const leads = target.length > shape.length || shape[0] === 1;
  const traced = tracedBatch !== undefined && tracedBatch > 1 && target[0] === tracedBatch && leads;
  return [expandTo(context, data, traced ? target.with(0, 'batch') : target)];
};

/** Initial states, say: a tensor of one number whose size was computed when the file was traced. */
function withoutTracedBatch(value: Value, tracedBatch: number): Value {
  const tensor = value.kind === 'known' ? constantOf(value) : undefined;
  if (tensor === undefined || tensor.data.some((element: number | bigint) => element !== tensor.data[0]))
    return value;
  const shape = tensor.shape.map((dim) => (dim === tracedBatch ? 1 : dim));
  return known({ ...tensor, shape, data: tensor.data.slice(0, elementCount(shape)) } as Tensor);
}

/** Axes became an input in opset 13. */
export const squeeze: OperatorImporter = (context) => {
  const { node, inputs, emitter } = context;
  const [data] = inputs as readonly [Value];
  const { shape } = emitter.type(data);
  const axes = axesOf(context) ?? shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return emitNode(context, node.op, [data, integers(...axes)], {});
};

export const unsqueeze: OperatorImporter = (context) => {
  const axes = axesOf(context);
  if (axes === undefined) throw nodeError(context.node.place, 'has no axes');
  return emitNode(context, context.node.op, [context.inputs[0], integers(...axes)], {});
};

/** Axes given as an attribute or as an input, as the opset has it. */
export function axesOf(context: OperatorContext, input = 1): readonly number[] | undefined {
  const attribute = integersOf(context.node, 'axes');
  if (attribute !== undefined || context.inputs[input] === undefined) return attribute;
  return Array.from(knownTensors(context, input)[0]!.data, Number);
}

/** Bounds became inputs in opset 10. */
export const slice: OperatorImporter = (context) => {
  const { node, inputs, emitter, opset } = context;
  const [data] = inputs as readonly [Value];
  const given = (input: number, attribute: string): readonly (readonly number[])[] | undefined => {
    if (opset < 10) {
      const list = integersOf(node, attribute);
      return list && [list];
    }
    return inputs[input] && knownTensors(context, input).map((tensor) => Array.from(tensor.data, Number));
  };
  const starts = given(1, 'starts') ?? [];
  const ends = given(2, 'ends') ?? [];
  const { shape } = emitter.type(data);
  const axes = (given(3, 'axes')?.[0] ?? starts[0]?.map((_, axis) => axis) ?? []).map((axis) =>
    axis < 0 ? axis + shape.length : axis,
  );
  const steps = given(4, 'steps')?.[0] ?? axes.map(() => 1);
  if (data.kind === 'known' && steps.every((step) => step > 0) && opset >= 10) return plain(context);
  // What takes an axis whole, in terms of the batch or not, is no cut.
  const cuts = axes.flatMap((axis, at) => {
    const [from, to] = [starts, ends].map(
      (runs) => shapeOfProbes(runs.map((list) => int64Vector([list[at] ?? 0])))?.[0],
    );
    const whole = from === 0 && (sameDim(to, shape[axis]) || Number(to) >= wholeAxis);
    return whole && steps[at] === 1 ? [] : [{ axis, from, to, step: steps[at]! }];
  });
  const bad = cuts.find(({ from, to }) => typeof from !== 'number' || typeof to !== 'number');
  if (bad !== undefined)
    throw nodeError(node.place, `cuts axis ${bad.axis} at a place that depends on the batch size`);
  const backward = cuts.filter(({ step }) => step < 0);
  const reversed = backward.reduce<Value>((value, { axis, from, to, step }) => {
    const dim = emitter.type(value).shape[axis];
    if (typeof dim !== 'number') throw nodeError(node.place, `goes backwards along the batch axis`);
    const indices = backwards(dim, Number(from), Number(to), step);
    return emitter.emit('Gather', [value, known(int64Vector(indices))], { axis })[0]!;
  }, data);
  const forward = cuts.filter(({ step }) => step > 0);
  if (forward.length === 0) return [reversed];
  const list = (pick: (cut: (typeof cuts)[number]) => number) => integers(...forward.map(pick));
  const bounds = [
    list(({ from }) => Number(from)),
    list(({ to }) => Number(to)),
    list(({ axis }) => axis),
    list(({ step }) => step),
  ];
  return emitNode(context, 'Slice', [reversed, ...bounds], {});
};

/** Exporters write the largest int32 or int64. */
const wholeAxis = 2 ** 31 - 1;

function backwards(size: number, from: number, to: number, step: number): readonly number[] {
  const start = Math.min(from < 0 ? from + size : from, size - 1);
  const end = Math.max(to < 0 ? to + size : to, -1);
  const indices: number[] = [];
  for (let index = start; index > end; index += step) indices.push(index);
  return indices;
}

/** Sizes became an input in opset 13; left out, the parts are equal. */
export const split: OperatorImporter = (context) => {
  const { node, inputs, emitter } = context;
  const [data] = inputs as readonly [Value];
  const { shape } = emitter.type(data);
  const given = integerOf(node, 'axis') ?? 0;
  const axis = given < 0 ? given + shape.length : given;
  const count = node.outputs.length;
  const size = shape[axis];
  const attribute = integersOf(node, 'split');
  const listed = inputs[1] === undefined ? attribute : Array.from(knownTensors(context, 1)[0]!.data, Number);
  if (listed === undefined && typeof size !== 'number') throw nodeError(node.place, 'splits the batch axis');
  const share = Math.ceil(Number(size) / count);
  const sizes =
    listed ?? Array.from({ length: count }, (_, part) => Math.min(share, Number(size) - part * share));
  return emitter.emit(
    operationNamed(node, 'Split'),
    [data, integers(...sizes)],
    { axis },
    { outputs: count, name: context.name },
  );
};

/** Pads became an input in opset 11, axes came in opset 18. */
export const pad: OperatorImporter = (context) => {
  const { node, inputs, opset, emitter } = context;
  if (opset < 11) {
    const value = attributesOf(node).value;
    const fill = typeof value === 'number' && value !== 0 ? known(floatScalar(value)) : undefined;
    const mode = attributesOf(node).mode;
    return emitNode(
      context,
      'Pad',
      [inputs[0], integers(...(integersOf(node, 'pads') ?? [])), fill],
      mode === undefined ? {} : { mode },
    );
  }
  if (inputs[3] === undefined) return plain(context);
  const { shape } = emitter.type(inputs[0]!);
  const axes = Array.from(knownTensors(context, 3)[0]!.data, Number);
  const given = Array.from(knownTensors(context, 1)[0]!.data, Number);
  const pads = new Array<number>(2 * shape.length).fill(0);
  axes.forEach((axis, at) => {
    const counted = axis < 0 ? axis + shape.length : axis;
    pads[counted] = given[at] ?? 0;
    pads[counted + shape.length] = given[at + axes.length] ?? 0;
  });
  return emitNode(context, 'Pad', [inputs[0], integers(...pads), inputs[2]], attributesOf(node));
};

function floatScalar(value: number) {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) } as const;
}
