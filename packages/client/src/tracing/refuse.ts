import { DescentError } from '@descent/errors';
import { renderShape } from './shape.ts';
import type { Traced } from './traced.ts';

/** Thrown while the forward function runs, so that the stack shows the line whose shapes do not fit. */
export function mismatch(op: string, inputs: readonly Traced[], problem: string): DescentError {
  const node = inputs.map(({ name }) => name).join(', ');
  const shapes = inputs.map(({ shape }) => renderShape(shape));
  return new DescentError('GRAPH_SHAPE_MISMATCH', { node: `of ${node}`, op, problem, shapes });
}
