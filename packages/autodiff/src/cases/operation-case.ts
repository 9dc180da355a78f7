import { elementCount, type Tensor, tensor } from '@descent/tensors';
import { differentiate } from '../differentiate.ts';
import { bind, type Shape } from '../dim.ts';
import type { Feeds } from '../evaluate.ts';
import type { Graph, ValueName, ValueType } from '../graph.ts';
import { createGraphBuilder, type GraphBuilder } from '../graph-builder.ts';

/** One behaviour of one operation, with values to try it on: what every engine and the reference evaluation share. */
export interface OperationCase {
  readonly name: string;
  /** The case's output alone, named `out`. */
  readonly forward: Graph;
  /**
   * Outputs `out`, `loss` (the sum of `out` weighted by the input `weights`) and `gradient/<name>` for each of `wrt`;
   * undefined where no gradient flows.
   */
  readonly training: Graph | undefined;
  readonly wrt: readonly ValueName[];
  /** float32 and integer tensors for both graphs. Away from kinks, so that differences measure the gradient. */
  readonly feeds: Feeds;
}

/** Batch size of all cases; no other axis of a case depends on it. */
export const caseBatch = 3;

export interface Fed {
  readonly type: ValueType;
  readonly value: Tensor;
}

/** Distinct float32 values in [−2, 2], none near 0, in shuffled order. */
export function distinct(shape: Shape): Fed {
  return floats(shape, -2, 2);
}

/** Distinct float32 values in [0.5, 2.5], in shuffled order. */
export function positive(shape: Shape): Fed {
  return floats(shape, 0.5, 2.5);
}

/** Distinct float32 values between the bounds, none near 0, in shuffled order. */
export function within(from: number, to: number, shape: Shape): Fed {
  return floats(shape, from, to);
}

export function integers(dtype: 'int32' | 'int64' | 'uint8', shape: Shape, values: readonly number[]): Fed {
  const concrete = bind(shape, caseBatch);
  const make = {
    int32: () => tensor('int32', concrete, Int32Array.from(values)),
    int64: () => tensor('int64', concrete, BigInt64Array.from(values, BigInt)),
    uint8: () => tensor('uint8', concrete, Uint8Array.from(values)),
  };
  return { type: { dtype, shape }, value: make[dtype]() };
}

export function exactly(shape: Shape, ...values: readonly number[]): Fed {
  return {
    type: { dtype: 'float32', shape },
    value: tensor('float32', bind(shape, caseBatch), Float32Array.from(values)),
  };
}

/**
 * Defines a case: `build` adds nodes on the fed inputs and returns the output. `wrt` defaults to all float inputs;
 * give [] where no gradient flows.
 */
export function operationCase<Name extends string>(
  name: string,
  fed: Readonly<Record<Name, Fed>>,
  build: (graph: GraphBuilder, inputs: Readonly<Record<Name, ValueName>>) => ValueName,
  wrt?: readonly NoInfer<Name>[],
): OperationCase {
  const builder = createGraphBuilder();
  const entries = Object.entries(fed) as [Name, Fed][];
  const inputs = Object.fromEntries(
    entries.map(([input, { type }]) => [input, builder.input(input, type)]),
  ) as Record<Name, ValueName>;
  builder.output('out', build(builder, inputs));
  const forward = builder.build();
  const values: Record<string, Tensor> = Object.fromEntries(
    entries.map(([input, { value }]) => [input, value]),
  );
  const by = wrt ?? entries.filter(([, { type }]) => type.dtype === 'float32').map(([input]) => input);
  if (by.length === 0) return { name, forward, training: undefined, wrt: by, feeds: values };

  const out = forward.outputs.get('out')!;
  const { shape } = builder.type(out);
  const weights = builder.input('weights', { dtype: 'float32', shape });
  const weighted = builder.add('Mul', [out, weights]);
  builder.output('loss', builder.add('ReduceSum', [weighted], { keepdims: 0 }));
  return {
    name,
    forward,
    training: differentiate(builder.build(), 'loss', by),
    wrt: by,
    feeds: { ...values, weights: distinct(shape).value },
  };
}

function floats(shape: Shape, from: number, to: number): Fed {
  const concrete = bind(shape, caseBatch);
  const count = elementCount(concrete);
  const order = shuffled(count);
  const values = Float32Array.from(order, (place) => from + ((to - from) * (place + 0.5)) / count);
  // An odd count would put its middle value at 0.
  const away = values.map((value) => (Math.abs(value) < 0.05 ? 0.05 + 0.1 / count : value));
  return { type: { dtype: 'float32', shape }, value: tensor('float32', concrete, away) };
}

/** 0 … count − 1 in an order that looks random and is always the same (Fisher–Yates on a fixed LCG). */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, place) => place);
  let state = 12345 + count;
  for (let last = count - 1; last > 0; last -= 1) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    const other = Math.floor((state / 2 ** 31) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
