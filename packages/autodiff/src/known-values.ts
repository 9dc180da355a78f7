import { elementCount, type Tensor } from '@descent/tensors';
import {
  addDims,
  countOf,
  type Dim,
  dimOf,
  divideCounts,
  elementCountOf,
  multiplyDims,
  type Shape,
  sameDim,
} from './dim.ts';
import type { Node, ValueName, ValueType } from './graph.ts';
import type { ConcreteType } from './operation.ts';
import type { OperationName } from './operations/index.ts';
import { operationOf } from './operations/index.ts';
import { shapeRead } from './operations/shape.ts';
import { broadcastOffsets } from './rules/indexing.ts';
import { numbers, tensorOf } from './rules/numbers.ts';

/** A small tensor whose elements follow from shapes and constants: numbers, or multiples of the batch size. */
export interface KnownValue {
  readonly shape: readonly number[];
  readonly elements: readonly Dim[];
}

/** Larger values are no shapes, axes or bounds. */
const mostElements = 64;

export interface Surroundings {
  type(value: ValueName): ValueType;
  constant(value: ValueName): Tensor | undefined;
  producer(value: ValueName): Node | undefined;
}

/**
 * What is known of small integer and bool values while a graph is built. Exporters compute shapes by nodes (Shape,
 * Gather, Concat, Mul, …); this follows them with the batch size left open. Each value is worked out once.
 */
export function knownValues(around: Surroundings): (value: ValueName) => KnownValue | undefined {
  const found = new Map<ValueName, KnownValue | undefined>();
  const known = (value: ValueName): KnownValue | undefined => {
    if (!found.has(value)) {
      // Marked first: a value can only depend on earlier ones, and a damaged graph must not loop.
      found.set(value, undefined);
      found.set(value, read(value, around, known));
    }
    return found.get(value);
  };
  return known;
}

type Known = (value: ValueName) => KnownValue | undefined;

function read(value: ValueName, around: Surroundings, known: Known): KnownValue | undefined {
  const { dtype, shape } = around.type(value);
  if (!isSmall(shape) || dtype === 'float32' || dtype === 'float64') return undefined;
  const constant = around.constant(value);
  if (constant !== undefined) return { shape, elements: Array.from(numbers(constant)) };
  const node = around.producer(value);
  if (node === undefined) return undefined;
  const { op, attributes } = node;
  if (op === 'Shape') return { shape, elements: shapeRead(around.type(node.inputs[0]!).shape, attributes) };
  if (op === 'Size') {
    const count = dimOf(elementCountOf(around.type(node.inputs[0]!).shape));
    return count === undefined ? undefined : { shape, elements: [count] };
  }
  const inputs = node.inputs.map((input) => (input === '' ? undefined : known(input)));
  if (inputs.some((input, index) => input === undefined && node.inputs[index] !== '')) return undefined;
  const types = node.outputs.map((output) => around.type(output));
  const index = node.outputs.indexOf(value);
  const moved = movers[op];
  if (moved !== undefined) return throughTokens(node, inputs, moved, types, index);
  const combine = arithmetic[op];
  if (combine !== undefined) return elementWise(inputs, combine, shape);
  return evaluated(node, inputs, around, index);
}

function isSmall(shape: Shape): shape is readonly number[] {
  return (
    shape.every((dim) => typeof dim === 'number') && elementCount(shape as readonly number[]) <= mostElements
  );
}

/** Operations that move elements and compute none, and which of their inputs hold the elements. */
const movers: Partial<Record<OperationName, 'first' | 'all' | 'choices'>> = {
  Cast: 'first',
  Concat: 'all',
  Expand: 'first',
  Flatten: 'first',
  Gather: 'first',
  Identity: 'first',
  Reshape: 'first',
  Slice: 'first',
  Split: 'first',
  Squeeze: 'first',
  Tile: 'first',
  Transpose: 'first',
  Unsqueeze: 'first',
  ConstantOfShape: 'choices',
  Where: 'choices',
};

/** Any other operation on numbers alone. */
function evaluated(
  { op, attributes, inputs: names, outputs }: Node,
  inputs: readonly (KnownValue | undefined)[],
  around: Surroundings,
  output: number,
): KnownValue | undefined {
  if (
    inputs.length === 0 ||
    inputs.some((input) => input?.elements.some((element) => typeof element === 'string'))
  ) {
    return undefined;
  }
  const types = outputs.map((value) => around.type(value));
  if (!types.every(({ shape }) => isSmall(shape))) return undefined;
  const tensors = inputs.map(
    (input, index) =>
      input &&
      tensorOf(
        { dtype: around.type(names[index]!).dtype, shape: input.shape },
        Float64Array.from(input.elements, Number),
      ),
  );
  const result = operationOf(op).evaluate(tensors, attributes, types as readonly ConcreteType[])[output]!;
  return { shape: result.shape, elements: Array.from(numbers(result)) };
}

/** The reference evaluation moves a number in place of each element; the numbers tell where the elements went. */
function throughTokens(
  { op, attributes }: Node,
  inputs: readonly (KnownValue | undefined)[],
  moved: 'first' | 'all' | 'choices',
  types: readonly ValueType[],
  output: number,
): KnownValue | undefined {
  const dtypes = types.map(({ dtype, shape }): ConcreteType | undefined =>
    isSmall(shape) ? { dtype, shape } : undefined,
  );
  if (dtypes.includes(undefined)) return undefined;
  const tokens: Dim[] = [];
  const holds = (index: number) =>
    moved === 'all' || (moved === 'first' ? index === 0 : op === 'Where' && index > 0);
  const tensors = inputs.map((input, index): Tensor | undefined => {
    if (input === undefined) return undefined;
    const values = holds(index)
      ? input.elements.map((element) => tokens.push(element) - 1)
      : input.elements.map((element) => (typeof element === 'number' ? element : Number.NaN));
    return { dtype: 'float64', shape: input.shape, data: Float64Array.from(values) };
  });
  if (tensors.some((tensor) => tensor && numbers(tensor).some(Number.isNaN))) return undefined;
  const doubles = dtypes.map((type) => ({ ...type!, dtype: 'float64' as const }));
  const result = operationOf(op).evaluate(tensors, attributes, doubles)[output]!;
  const { shape } = doubles[output]!;
  const places = Array.from(numbers(result));
  if (tokens.length === 0) return { shape, elements: places };
  const elements = places.map((place) => tokens[place]!);
  return op === 'Cast' ? castElements(elements, dtypes[output]!, shape) : { shape, elements };
}

/** A batch size stays what it is in any integer type, and is true as a bool. */
function castElements(
  elements: readonly Dim[],
  type: ConcreteType,
  shape: readonly number[],
): KnownValue | undefined {
  if (type.dtype === 'bool') return { shape, elements: elements.map((element) => (element === 0 ? 0 : 1)) };
  const cast = elements.map((element) =>
    typeof element === 'number'
      ? Number(tensorOf({ ...type, shape: [1] }, Float64Array.of(element)).data[0])
      : element,
  );
  return { shape, elements: cast };
}

/** Undefined where the result is neither a number nor a multiple of the batch size. A batch is at least 1. */
type Combine = (a: Dim, b: Dim) => Dim | undefined;

const numeric =
  (value: (a: number, b: number) => number): Combine =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? value(a, b) : undefined;

const arithmetic: Partial<Record<OperationName, Combine>> = {
  Add: (a, b) => (a === 0 ? b : b === 0 ? a : (numeric((x, y) => x + y)(a, b) ?? addDims(a, b))),
  Sub: (a, b) => (b === 0 ? a : sameDim(a, b) ? 0 : numeric((x, y) => x - y)(a, b)),
  Mul: (a, b) => (a === 0 || b === 0 ? 0 : (numeric((x, y) => x * y)(a, b) ?? multiplyDims(a, b))),
  Div: (a, b) => numeric((x, y) => Math.trunc(x / y))(a, b) ?? divideCounts(countOf(a), countOf(b)),
  Equal: (a, b) => {
    if (sameDim(a, b)) return 1;
    if (typeof a === 'number' && typeof b === 'number') return a === b ? 1 : 0;
    // A multiple of the batch is at least 1, so it is never 0 or the −1 of a Reshape.
    const fixed = typeof a === 'number' ? a : b;
    return typeof fixed === 'number' && fixed < 1 ? 0 : undefined;
  },
  Max: numeric(Math.max),
  Min: numeric(Math.min),
};

function elementWise(
  inputs: readonly (KnownValue | undefined)[],
  combine: Combine,
  shape: readonly number[],
): KnownValue | undefined {
  const [first, ...others] = inputs.map((input) => {
    const from = broadcastOffsets(input!.shape, shape);
    return Array.from(from, (offset): Dim | undefined => input!.elements[offset]!);
  });
  const elements = others.reduce(
    (left, right) =>
      left.map((a, index) =>
        a === undefined || right[index] === undefined ? undefined : combine(a, right[index]),
      ),
    first!,
  );
  const whole = elements.filter((element) => element !== undefined);
  return whole.length === elements.length ? { shape, elements: whole } : undefined;
}
