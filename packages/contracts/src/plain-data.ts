import type { FieldPath } from './field-path.ts';

/** Deeper or larger than any honest request: refused before a schema looks at it. */
export const plainDataLimits = { depth: 64, values: 2_000_000, keyLength: 256 } as const;

/** Something wrong with a value, at its place in the document. */
export interface Finding {
  readonly path: FieldPath;
  /** Reads on after the path: "must be greater than 0, got -0.1". */
  readonly problem: string;
  readonly didYouMean?: string;
}

/** Names that reach the prototype of an object when code indexes with them. */
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Finds what JSON cannot say (NaN, infinities, class instances, cycles) or no honest request says (negative zero,
 * prototype keys, absurd nesting and size). Undefined when the value is plain data.
 */
export function findImplausible(value: unknown): Finding | undefined {
  // One path that grows and shrinks: a copy for each of a million constants would cost more than the check.
  const path: (string | number)[] = [];
  let budget = plainDataLimits.values;

  const found = (problem: string): Finding => ({ path: [...path], problem });

  function visit(value: unknown): Finding | undefined {
    budget -= 1;
    if (budget < 0) return { path: [], problem: `holds more than ${plainDataLimits.values} values` };
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return found(`must be a finite number, got ${value}`);
      return Object.is(value, -0) ? found('must not be negative zero; write 0') : undefined;
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
    if (typeof value !== 'object') return found(`must be JSON, not ${typeof value}`);
    if (path.length === plainDataLimits.depth) {
      return { path: path.slice(0, 8), problem: `is nested deeper than ${plainDataLimits.depth} levels` };
    }
    return Array.isArray(value) ? visitElements(value) : visitFields(value);
  }

  function visitElements(values: readonly unknown[]): Finding | undefined {
    for (let index = 0; index < values.length; index++) {
      path.push(index);
      const finding = visit(values[index]);
      if (finding !== undefined) return finding;
      path.pop();
    }
    return undefined;
  }

  function visitFields(value: object): Finding | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return found('must be a plain JSON object');
    for (const [key, field] of Object.entries(value)) {
      if (key.length > plainDataLimits.keyLength) {
        return found(`has a field whose name is longer than ${plainDataLimits.keyLength} characters`);
      }
      path.push(key);
      if (prototypeKeys.has(key)) return found('is not allowed as the name of a field');
      // An optional field that is set to undefined is absent, as in JSON.stringify.
      const finding = field === undefined ? undefined : visit(field);
      if (finding !== undefined) return finding;
      path.pop();
    }
    return undefined;
  }

  return visit(value);
}
