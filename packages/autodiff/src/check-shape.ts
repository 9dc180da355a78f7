import { DescentError } from '@descent/errors';
import { dtypes } from '@descent/tensors';
import { elementCountOf, isDim, renderShape, type Shape } from './dim.ts';

/** Beyond this, byte counts stop being exact integers. */
const mostElements = Number.MAX_SAFE_INTEGER / dtypes.float64.bytes;

/** What a declared value must be: a few axes, each of a positive size. */
export function checkDims(value: string, shape: Shape): void {
  for (const dim of shape) {
    if (!isDim(dim) || dim === 0) throw invalid(value, shape, `${JSON.stringify(dim)} is no dimension`);
  }
  if (shape.length > 8) throw invalid(value, shape, 'it has more than 8 axes');
}

export function checkSize(value: string, shape: Shape): void {
  if (elementCountOf(shape).coefficient > mostElements)
    throw invalid(value, shape, 'it has too many elements');
}

function invalid(value: string, shape: Shape, problem: string): DescentError {
  return new DescentError('GRAPH_SHAPE_INVALID', { value, shape: renderShape(shape), problem });
}
