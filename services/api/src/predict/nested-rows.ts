import { DescentError } from '@descent/errors';
import { elementCount, formatShape } from '@descent/tensors';

/**
 * Reads rows of nested arrays, [rows, ...shape], into a flat array, row-major. Only lengths that the shape allows are
 * walked, so that a hostile body costs no more than its own text.
 * @throws DescentError REQUEST_INVALID with the path of the first value that does not fit
 */
export function flattenRows(rows: readonly unknown[], shape: readonly number[], path: string): Float64Array {
  const elements = elementCount(shape);
  const flat = new Float64Array(rows.length * elements);
  rows.forEach((row, index) => {
    flattenInto(flat, index * elements, row, shape, `${path}[${index}]`);
  });
  return flat;
}

/** The same for one array, or for a number where the shape is []. */
export function flattenArray(value: unknown, shape: readonly number[], path: string): Float64Array {
  const flat = new Float64Array(elementCount(shape));
  flattenInto(flat, 0, value, shape, path);
  return flat;
}

function flattenInto(
  flat: Float64Array,
  start: number,
  whole: unknown,
  shape: readonly number[],
  path: string,
): void {
  let at = start;
  const walk = (value: unknown, axis: number, place: string): void => {
    const size = shape[axis];
    if (size === undefined) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw invalid(place, `must be a finite number, got ${describe(value)}`);
      }
      flat[at++] = value;
      return;
    }
    if (!Array.isArray(value) || value.length !== size) {
      throw invalid(
        place,
        `must be an array of ${size} (the shape is ${formatShape(shape)}), got ${describe(value)}`,
      );
    }
    value.forEach((child, index) => {
      walk(child, axis + 1, `${place}[${index}]`);
    });
  };
  walk(whole, 0, path);
}

/** The other way: [rows, ...shape] as nested arrays, one per row. */
export function nestRows(flat: ArrayLike<number>, rows: number, shape: readonly number[]): unknown[] {
  let at = 0;
  const build = (axis: number): unknown => {
    const size = shape[axis];
    if (size === undefined) return flat[at++];
    return Array.from({ length: size }, () => build(axis + 1));
  };
  return Array.from({ length: rows }, () => build(0));
}

function invalid(path: string, problem: string): DescentError {
  return new DescentError('REQUEST_INVALID', { path, problem });
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
}
