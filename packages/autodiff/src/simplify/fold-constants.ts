import { elementCount } from '@descent/tensors';
import type { Graph } from '../graph.ts';
import { operationOf } from '../operations/index.ts';
import { shapeRead } from '../operations/shape.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { rewrite } from './rewrite.ts';

/** Larger results cost more to carry in the graph than to compute. */
const largestFolded = 4096;

/** Replaces nodes whose inputs are all constants, and reads of a shape that has no batch axis. */
export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (node, { type, constant }) => {
    const result = type(node.outputs[0]!);
    const shape = numericShape(result.shape);
    if (shape === undefined || elementCount(shape) > largestFolded) return undefined;
    const evaluated = { dtype: result.dtype === 'float32' ? 'float64' : result.dtype, shape } as const;
    if (node.op === 'Shape' || node.op === 'Size') {
      const known = numericShape(type(node.inputs[0]!).shape);
      if (known === undefined) return undefined;
      const values = node.op === 'Shape' ? shapeRead(known, node.attributes) : [elementCount(known)];
      return { constant: tensorOf({ dtype: 'int64', shape }, Float64Array.from(values)) };
    }
    const inputs = node.inputs.map((value) => (value === '' ? undefined : constant(value)));
    if (inputs.some((input, index) => input === undefined && node.inputs[index] !== '')) return undefined;
    const doubles = inputs.map((input) =>
      input?.dtype === 'float32' ? tensorOf({ dtype: 'float64', shape: input.shape }, numbers(input)) : input,
    );
    const [value] = operationOf(node.op).evaluate(doubles, node.attributes, [evaluated]);
    return { constant: tensorOf({ dtype: result.dtype, shape }, numbers(value!)) };
  });
}

function numericShape(shape: readonly unknown[]): readonly number[] | undefined {
  const fixed = shape.filter((dim) => typeof dim === 'number');
  return fixed.length === shape.length ? fixed : undefined;
}
