import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { findInUnion, type UnknownType } from './explain-union.ts';
import type { FieldPath } from './field-path.ts';
import { nearestName } from './nearest-name.ts';
import type { Finding } from './plain-data.ts';
import { recursiveSchema } from './recursive.ts';
import { isObject, type Schema } from './schema-kind.ts';
import { count, oneOf, show, suggest } from './wording.ts';

/**
 * The first reason why a value does not fit a schema, in the words of whoever wrote the value. TypeBox decides
 * whether it fits; it reports every branch of a union, where a reader wants the one he meant.
 */
export function explain(schema: TSchema, value: unknown): Finding | UnknownType | undefined {
  return findIn(schema as Schema, value, []);
}

/** `explain` below a known path. */
export function findIn(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  const recursive = schema['x-same-as'];
  if (recursive !== undefined) return findIn(recursiveSchema(recursive) as Schema, value, path);
  if (schema.anyOf !== undefined) return findInUnion(schema, schema.anyOf, value, path);
  if (schema.enum !== undefined) return findInEnum(schema.enum, value, path);
  if (schema.const !== undefined) {
    return value === schema.const
      ? undefined
      : { path, problem: `must be ${show(schema.const)}, got ${show(value)}` };
  }
  switch (schema.type) {
    case 'object':
      return findInObject(schema, value, path);
    case 'array':
      return findInArray(schema, value, path);
    case 'number':
    case 'integer':
      return findInNumber(schema, value, path);
    case 'string':
      return findInString(schema, value, path);
    default:
      return findByTypeBox(schema, value, path);
  }
}

function findInObject(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  if (!isObject(value)) return { path, problem: `must be an object, got ${show(value)}` };
  const properties = schema.properties ?? {};
  const patterns = Object.entries(schema.patternProperties ?? {}).map(
    ([pattern, field]) => [new RegExp(pattern, 'u'), field] as const,
  );
  for (const [key, field] of Object.entries(value)) {
    if (Object.hasOwn(properties, key)) continue;
    const pattern = patterns.find(([expression]) => expression.test(key));
    if (pattern !== undefined) {
      const finding = findIn(pattern[1], field, [...path, key]);
      if (finding !== undefined) return finding;
    } else if (schema.additionalProperties === false) {
      return unknownField(schema, Object.keys(value), key, path);
    }
  }
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) return { path: [...path, key], problem: 'is missing' };
  }
  for (const [key, field] of Object.entries(properties)) {
    if (value[key] === undefined) continue;
    const finding = findIn(field, value[key], [...path, key]);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function unknownField(schema: Schema, given: readonly string[], key: string, path: FieldPath): Finding {
  if (schema.properties === undefined) {
    const patterns = Object.keys(schema.patternProperties ?? {}).join(' or ');
    return { path: [...path, key], problem: `is not a valid name; names match ${patterns}` };
  }
  const known = Object.keys(schema.properties);
  const open = known.filter((name) => !given.includes(name));
  return suggest(path, [key], 'is not a known field', nearestName(key, open) ?? nearestName(key, known));
}

function findInArray(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  if (!Array.isArray(value)) return { path, problem: `must be an array, got ${show(value)}` };
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  if (value.length < minItems)
    return { path, problem: `must have at least ${count(minItems, 'element')}, got ${value.length}` };
  if (value.length > maxItems)
    return { path, problem: `must have at most ${count(maxItems, 'element')}, got ${value.length}` };
  if (items === undefined) return undefined;
  for (let index = 0; index < value.length; index++) {
    const finding = findIn(items, value[index], [...path, index]);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function findInNumber(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  const problem = (text: string): Finding => ({ path, problem: `must be ${text}, got ${show(value)}` });
  if (typeof value !== 'number') return problem(schema.type === 'integer' ? 'an integer' : 'a number');
  if (schema.type === 'integer' && !Number.isInteger(value)) return problem('an integer');
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return problem(`greater than ${exclusiveMinimum}`);
  if (minimum !== undefined && value < minimum) return problem(`at least ${minimum}`);
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return problem(`less than ${exclusiveMaximum}`);
  if (maximum !== undefined && value > maximum) return problem(`at most ${maximum}`);
  return undefined;
}

function findInString(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  if (typeof value !== 'string') return { path, problem: `must be a string, got ${show(value)}` };
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = schema;
  if (value.length < minLength)
    return { path, problem: `must have at least ${count(minLength, 'character')}, got ${show(value)}` };
  if (value.length > maxLength)
    return { path, problem: `must have at most ${count(maxLength, 'character')}, got ${value.length}` };
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return {
      path,
      problem: `must be ${schema.description ?? `of the form ${pattern}`}, got ${show(value)}`,
    };
  }
  return findByTypeBox(schema, value, path);
}

function findInEnum(values: readonly unknown[], value: unknown, path: FieldPath): Finding | undefined {
  if (values.includes(value)) return undefined;
  const near = typeof value === 'string' ? nearestName(value, values.map(String)) : undefined;
  return suggest(path, [], `must be ${oneOf(values)}, got ${show(value)}`, near);
}

function findByTypeBox(schema: Schema, value: unknown, path: FieldPath): Finding | undefined {
  const [error] = Value.Errors(schema, value);
  return error === undefined ? undefined : { path, problem: `${error.message}, got ${show(value)}` };
}
