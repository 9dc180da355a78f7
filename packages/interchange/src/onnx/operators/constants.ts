import { elementCountOf } from '@descent/autodiff';
import { elementCount, type Tensor, tensor } from '@descent/tensors';
import { nodeError } from '../import-error.ts';
import { integerOf, integersOf, realOf, realsOf, tensorOf } from '../read-graph.ts';
import { shapeOfProbes, vectorOfShape } from '../symbolic-size.ts';
import { known, knownFromFile, probes } from '../value.ts';
import { expandTo } from './expand-to.ts';
import type { OperatorContext, OperatorImporter } from './operator.ts';

export const constant: OperatorImporter = ({ node }) => {
  const value = tensorOf(node, 'value');
  if (value !== undefined) return [knownFromFile(value)];
  const [number, numbers] = [realOf(node, 'value_float'), realsOf(node, 'value_floats')];
  if (number !== undefined) return [known(tensor('float32', [], Float32Array.of(number)))];
  if (numbers !== undefined) return [known(tensor('float32', [numbers.length], Float32Array.from(numbers)))];
  const [whole, wholes] = [integerOf(node, 'value_int'), integersOf(node, 'value_ints')];
  if (whole !== undefined) return [known(tensor('int64', [], BigInt64Array.of(BigInt(whole))))];
  if (wholes !== undefined) return [known(int64Vector(wholes))];
  throw nodeError(node.place, 'has no numeric value');
};

export const identity: OperatorImporter = ({ inputs }) => [inputs[0]!];

/** The shape is known but for the batch size; nothing is computed at run time. */
export const shape: OperatorImporter = ({ node, inputs, emitter }) => {
  const dims = emitter.type(inputs[0]!).shape;
  const [start, end] = [integerOf(node, 'start') ?? 0, integerOf(node, 'end')];
  return [vectorOfShape(dims.slice(start, end))];
};

export const size: OperatorImporter = ({ inputs, emitter }) => {
  const { coefficient, power } = elementCountOf(emitter.type(inputs[0]!).shape);
  const count = (batch: number) =>
    tensor('int64', [], BigInt64Array.of(BigInt(coefficient * batch ** power)));
  return [{ kind: 'known', tensors: power === 0 ? [count(1)] : probes.map(count) }];
};

export const constantOfShape: OperatorImporter = (context) => {
  const { node, emitter } = context;
  const fill = tensorOf(node, 'value') ?? tensor('float32', [1], Float32Array.of(0));
  if (fill.data.length !== 1) throw nodeError(node.place, 'its value must have one element');
  const dims = shapeOfProbes(knownTensors(context, 0));
  if (dims === undefined)
    throw nodeError(node.place, 'its shape depends on the batch size in a way that cannot be followed');
  const scalar: Tensor = { ...fill, shape: [] };
  if (!dims.every((dim) => typeof dim === 'number')) return [expandTo(context, known(scalar), dims)];
  const elements = elementCount(dims);
  emitter.spend(elements);
  return [known(filled(scalar, dims))];
};

export const range: OperatorImporter = (context) => {
  const bounds = [0, 1, 2].map((input) => knownTensors(context, input));
  const runs = Math.max(...bounds.map((list) => list.length));
  const { dtype } = bounds[0]![0]!;
  const tensors = Array.from({ length: runs }, (_, run) => {
    const [start, limit, step] = bounds.map((list) => Number((list[run] ?? list[0]!).data[0])) as [
      number,
      number,
      number,
    ];
    const count = Math.max(Math.ceil((limit - start) / step), 0);
    if (!Number.isSafeInteger(count))
      throw nodeError(context.node.place, `from ${start} to ${limit} by ${step} has no end`);
    context.emitter.spend(count);
    const values = Array.from({ length: count }, (_unused, index) => start + index * step);
    if (dtype === 'float32') return tensor(dtype, [count], Float32Array.from(values));
    return dtype === 'int32' ? tensor(dtype, [count], Int32Array.from(values)) : int64Vector(values);
  });
  return [{ kind: 'known', tensors }];
};

/** The tensors of an input that must be known while importing. */
export function knownTensors({ node, inputs }: OperatorContext, index: number): readonly Tensor[] {
  const value = inputs[index];
  if (value?.kind === 'known') return value.tensors;
  if (value?.kind === 'weight') return [value.tensor];
  throw nodeError(node.place, `input ${index} must be known before anything runs, but it depends on data`);
}

export function int64Vector(values: readonly number[]): Tensor {
  return tensor('int64', [values.length], BigInt64Array.from(values, BigInt));
}

function filled(scalar: Tensor, dims: readonly number[]): Tensor {
  const count = elementCount(dims);
  const { dtype, data } = scalar;
  switch (dtype) {
    case 'int64':
      return tensor(dtype, dims, new BigInt64Array(count).fill(data[0] as bigint));
    case 'int32':
      return tensor(dtype, dims, new Int32Array(count).fill(data[0] as number));
    case 'uint8':
    case 'bool':
      return tensor(dtype, dims, new Uint8Array(count).fill(data[0] as number));
    case 'float32':
    case 'float64':
      return tensor('float32', dims, new Float32Array(count).fill(data[0] as number));
    default:
      return dtype satisfies never;
  }
}
