import type { LayerSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { concat } from './operators.ts';
import type { ParameterOptions, Recording, StateOptions } from './recording.ts';
import type { Shape } from './shape.ts';
import type { AttributeValue, Traced, TracedDtype } from './traced.ts';

/** Numbers in nested arrays, all of one length per level. */
export type NestedNumbers = number | readonly NestedNumbers[];

type Distribute<Spec> = Spec extends LayerSpec ? Omit<Spec, 'name' | 'inputs'> : never;
/** A layer of the spec without its wiring, which the trace knows. */
export type TracedLayer = Distribute<LayerSpec>;

/** What a forward function makes values with. */
export interface Tracer {
  /** Declares a trained tensor. Using the returned value twice shares the weights. */
  parameter(name: string, shape: readonly number[], options?: ParameterOptions): Traced;
  /** Declares a running average, such as the moments of batch normalisation. */
  state(name: string, shape: readonly number[], options?: StateOptions): Traced;
  /** Fixed numbers, nested as their shape is. `int64` for indices and shapes. */
  constant(values: NestedNumbers, dtype?: 'float32' | 'int64'): Traced;
  /** Joins values along an axis; as everywhere in the graph form, axis 0 is the batch. */
  concat(values: readonly [Traced, ...Traced[]], axis: number): Traced;
  /** A layer of the layers form: `t.layer({ type: 'dropout', rate: 0.5 }, x)`. Its shape is left to the service unless given. */
  layer(spec: TracedLayer, inputs: Traced | readonly Traced[], shape?: Shape): Traced;
  /** Any operation by its ONNX name, in ONNX's order of inputs. Shape and dtype (float32) are as given. */
  operation(
    op: string,
    inputs: readonly (Traced | undefined)[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    result?: { readonly shape?: Shape; readonly dtype?: TracedDtype },
  ): Traced;
  /** The same for an operation of several outputs, one per shape. */
  operations(
    op: string,
    inputs: readonly (Traced | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>>,
    shapes: readonly (Shape | undefined)[],
    dtype?: TracedDtype,
  ): readonly Traced[];
  /** Names of parameters and operations made inside `body` start with `name_`. */
  scope<Result>(name: string, body: () => Result): Result;
}

const sameShapeLayers: ReadonlySet<string> = new Set(['activation', 'dropout']);

export function createTracer(recording: Recording): Tracer {
  return {
    parameter: (name, shape, options = {}) => recording.parameter(name, shape, options),
    state: (name, shape, options = {}) => recording.state(name, shape, options),
    constant: (values, dtype = 'float32') => recording.constant({ ...flatten(values), dtype }),
    concat: (values, axis) => concat(values, axis),
    layer: (spec, inputs, shape) => {
      const list = 'recording' in inputs ? [inputs] : [...inputs];
      const known = shape ?? (sameShapeLayers.has(spec.type) ? list[0]?.shape : undefined);
      return recording.layer(spec, list, known);
    },
    operation: (op, inputs, attributes = {}, { shape, dtype = 'float32' } = {}) =>
      recording.node(op, inputs, attributes, shape, dtype),
    operations: (op, inputs, attributes, shapes, dtype = 'float32') =>
      recording.nodes(op, inputs, attributes, shapes, dtype),
    scope: (name, body) => recording.inScope(name, body),
  };
}

function flatten(values: NestedNumbers): { readonly shape: number[]; readonly values: number[] } {
  if (typeof values === 'number') return { shape: [], values: [values] };
  const parts = values.map(flatten);
  const inner = parts[0]?.shape ?? [];
  if (parts.some(({ shape }) => shape.join() !== inner.join())) {
    throw new DescentError('TRACE_INVALID', {
      problem: 'the rows of a constant must have one length; nested arrays have the shape of the constant',
    });
  }
  return { shape: [parts.length, ...inner], values: parts.flatMap((part) => part.values) };
}
