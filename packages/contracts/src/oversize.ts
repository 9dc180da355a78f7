import type { TSchema } from 'typebox';
import type { FieldPath } from './field-path.ts';
import type { Finding } from './plain-data.ts';
import { count } from './wording.ts';

interface Parts {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly anyOf?: readonly TSchema[];
  readonly maxItems?: number;
}

/**
 * A list that is longer than its schema allows, found by its length alone: a check of the whole value would look at
 * every item first, some 20 µs each.
 */
export function findOversize(schema: TSchema, value: unknown, at: FieldPath = []): Finding | undefined {
  const { properties, anyOf, maxItems } = schema as Parts;
  if (Array.isArray(value)) {
    const limits = [maxItems, ...(anyOf ?? []).map((option) => (option as Parts).maxItems)];
    const limit = Math.max(...limits.filter((one) => one !== undefined));
    if (value.length <= limit || !Number.isFinite(limit)) return undefined;
    return { path: at, problem: `must have at most ${count(limit, 'element')}, got ${value.length}` };
  }
  if (typeof value !== 'object' || value === null || properties === undefined) return undefined;
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const found = findOversize(property, (value as Record<string, unknown>)[name], [...at, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
