import { DescentError } from '@descent/errors';
import { renderShape } from '../dim.ts';
import type { Node } from '../graph.ts';
import type { ShapeContext } from '../operation.ts';

/** For shape rules: `throw mismatch(context, 'a [2, 3] does not …')`. The details carry all input shapes. */
export function mismatch({ node, inputs }: ShapeContext, problem: string): DescentError {
  const shapes = inputs.map((input) => (input === undefined ? null : renderShape(input.shape)));
  return new DescentError('GRAPH_SHAPE_MISMATCH', { node: node.name, op: node.op, problem, shapes });
}

export function wrongAttribute(
  node: Pick<Node, 'name' | 'op'>,
  attribute: string,
  problem: string,
): DescentError {
  return new DescentError('GRAPH_ATTRIBUTE_INVALID', { node: node.name, op: node.op, attribute, problem });
}

export function wrongInputs(node: Pick<Node, 'name' | 'op'>, problem: string): DescentError {
  return new DescentError('GRAPH_INPUTS_INVALID', { node: node.name, op: node.op, problem });
}

/** Integers have no infinity to give; engines refuse it as well. */
export function refuseZeroDivisor(op: string, divisor: bigint): bigint {
  if (divisor !== 0n) return divisor;
  const problem = 'it holds a 0, by which no integer can be divided';
  throw new DescentError('GRAPH_FEED_INVALID', { value: `B of ${op}`, problem });
}

/** Refuses inputs from index `from` on whose dtypes differ: ONNX never converts by itself. */
export function sameDtypes({ node, inputs }: ShapeContext, from = 0): void {
  const expected = inputs[from]!.dtype;
  inputs.forEach((input, index) => {
    if (index < from || input === undefined || input.dtype === expected) return;
    throw new DescentError('GRAPH_DTYPE_MISMATCH', {
      node: node.name,
      op: node.op,
      input: `${index + 1}`,
      actual: input.dtype,
      expected: `${expected}, as the others are,`,
    });
  });
}

/** Refuses two inputs whose dtypes differ, where others may be of another. */
export function sameDtype({ node, inputs }: ShapeContext, first: number, second: number): void {
  const [expected, actual] = [inputs[first]!.dtype, inputs[second]!.dtype];
  if (actual === expected) return;
  throw new DescentError('GRAPH_DTYPE_MISMATCH', {
    node: node.name,
    op: node.op,
    input: `${second + 1}`,
    actual,
    expected: `${expected}, as input ${first + 1} is,`,
  });
}
