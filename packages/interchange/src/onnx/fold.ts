import {
  type Attributes,
  createGraphBuilder,
  evaluate,
  type OperationName,
  operationOf,
} from '@descent/autodiff';
import { elementCount, type Tensor } from '@descent/tensors';

/** One operation on known tensors: what it would cost, and how to compute it. Nothing of the results' size exists yet. */
export interface Fold {
  /** Elements of each result. */
  readonly elements: readonly number[];
  readonly flops: number;
  /** Floating-point results are rounded to float32. */
  run(): readonly Tensor[];
}

/** @throws DescentError GRAPH_… where the operation does not take these inputs */
export function planFold(
  op: OperationName,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  outputs: number,
): Fold {
  const builder = createGraphBuilder();
  const names = inputs.map((value) => (value === undefined ? '' : builder.constant(value)));
  const values = builder.addMany(op, names, attributes, outputs);
  values.forEach((value, index) => {
    builder.output(`${index}`, value);
  });
  const graph = builder.build();
  const types = values.map((value) => {
    const { dtype, shape } = builder.type(value);
    return { dtype, shape: shape as readonly number[] };
  });
  return {
    elements: types.map(({ shape }) => elementCount(shape)),
    flops: operationOf(op).flops(inputs, types, attributes),
    run: () => {
      const results = evaluate(graph, {}, { batch: 1 }).outputs;
      return values.map((_, index) => inSingle(results.get(`${index}`)!));
    },
  };
}

function inSingle(value: Tensor): Tensor {
  if (value.dtype !== 'float64') return value;
  return { dtype: 'float32', shape: value.shape, data: Float32Array.from(value.data as Float64Array) };
}
