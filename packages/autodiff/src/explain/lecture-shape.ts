import type { Dim, Shape } from '../dim.ts';

/** A shape as it is written on a blackboard: `10 × 784`, `batch × 128`, `number` for one without axes. */
export function lectureShape(shape: Shape): string {
  return shape.length === 0 ? 'number' : shape.map(dim).join(' × ');
}

function dim(size: Dim): string {
  return String(size).replace('*', '·');
}
