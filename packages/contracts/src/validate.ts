import { DescentError } from '@descent/errors';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import { explain } from './explain.ts';
import type { UnknownType } from './explain-union.ts';
import { type FieldPath, formatPath } from './field-path.ts';
import { findOversize } from './oversize.ts';
import { type Finding, findImplausible } from './plain-data.ts';

/**
 * Checks a value that came from outside against a schema and returns it, typed. The only way in for user input.
 *
 * @param at where the value stands in what the user sent, when it is not the whole of it
 * @throws DescentError SPEC_UNKNOWN_LAYER for a layer type that does not exist, REQUEST_INVALID for all else; with
 *   `details.path` in dotted form (`model.layers[2].units`), `details.problem` and, where a known name is near,
 *   `details.didYouMean`
 */
export function validate<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  at: FieldPath = [],
): Static<Schema> {
  const implausible = findOversize(schema, value) ?? findImplausible(value);
  if (implausible !== undefined) throw invalid(implausible, at);
  if (checkOf(schema).Check(value)) return value as Static<Schema>;
  const finding = explain(schema, value) ?? foreignFinding(schema, value);
  if (isUnknownType(finding) && finding.unknownType.title === 'layer') throw unknownLayer(finding, value, at);
  throw invalid(finding, at);
}

/** Compiled when it is first used: a hundred times as fast as reading the schema for every value. */
const checks = new WeakMap<TSchema, Validator>();

function checkOf(schema: TSchema): Validator {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const check = Compile(schema) as Validator;
  checks.set(schema, check);
  return check;
}

function invalid(finding: Finding, at: FieldPath): DescentError {
  const { problem, didYouMean } = finding;
  return new DescentError('REQUEST_INVALID', {
    path: formatPath([...at, ...finding.path]),
    problem,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}

function unknownLayer(finding: UnknownType, value: unknown, at: FieldPath): DescentError {
  const layer = finding.unknownType.at.reduce<unknown>(
    (parent, step) => (parent as Record<string | number, unknown>)[step],
    value,
  ) as { name?: unknown };
  const { problem, didYouMean } = finding;
  return new DescentError('SPEC_UNKNOWN_LAYER', {
    path: formatPath([...at, ...finding.path]),
    problem,
    layer: typeof layer.name === 'string' ? layer.name : formatPath(finding.unknownType.at.slice(-2)),
    type: finding.unknownType.type,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}

function isUnknownType(finding: Finding): finding is UnknownType {
  return 'unknownType' in finding;
}

/** For a keyword that `explain` has no words for. */
function foreignFinding(schema: TSchema, value: unknown): Finding {
  const [error] = Value.Errors(schema, value);
  const path = (error?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { path, problem: error?.message ?? 'does not fit its schema' };
}
