import { findIn } from './explain.ts';
import type { FieldPath } from './field-path.ts';
import { nearestName } from './nearest-name.ts';
import type { Finding } from './plain-data.ts';
import { acceptsKind, describeKinds, isObject, type Schema } from './schema-kind.ts';
import { oneOf, show, suggest } from './wording.ts';

/** The value of a `type` field that names no branch of its union. */
export interface UnknownType extends Finding {
  readonly unknownType: { readonly title: string; readonly type: string; readonly at: FieldPath };
}

/** Picks the branch that was meant, by its `type` or else by the kind of the value, and reports inside it. */
export function findInUnion(
  schema: Schema,
  branches: readonly Schema[],
  value: unknown,
  path: FieldPath,
): Finding | undefined {
  const fitting = branches.filter((branch) => acceptsKind(branch, value));
  if (fitting.length === 0) {
    return { path, problem: `must be ${describeKinds(branches)}, got ${show(value)}` };
  }
  if (isObject(value)) {
    const key = discriminator(fitting);
    if (key !== undefined) return findByType(schema, key, fitting, value, path);
  }
  return findInLikeliest(fitting, value, path);
}

function findByType(
  schema: Schema,
  key: string,
  branches: readonly Schema[],
  value: Record<string, unknown>,
  path: FieldPath,
): Finding | UnknownType | undefined {
  const given = value[key];
  const types = branches.map((branch) => branch.properties?.[key]?.const);
  const branch = branches[types.indexOf(given)];
  if (branch !== undefined) return findIn(branch, value, path);
  if (given === undefined) return { path: [...path, key], problem: `is missing; give ${oneOf(types)}` };
  if (typeof given !== 'string')
    return { path: [...path, key], problem: `must be ${oneOf(types)}, got ${show(given)}` };
  const title = schema.title ?? '';
  const problem = `there is no ${title === '' ? key : `${title} ${key}`} ${show(given)}`;
  return {
    ...suggest(path, [key], problem, nearestName(given, types.map(String))),
    unknownType: { title, type: given, at: path },
  };
}

/** Of branches that nothing tells apart, the one that knows most of the given fields was most likely meant. */
function findInLikeliest(branches: readonly Schema[], value: unknown, path: FieldPath): Finding | undefined {
  const findings: { finding: Finding; known: number }[] = [];
  for (const branch of branches) {
    const finding = findIn(branch, value, path);
    if (finding === undefined) return undefined;
    const known = isObject(value) ? Object.keys(value).filter((key) => branch.properties?.[key]) : [];
    findings.push({ finding, known: known.length });
  }
  return findings.sort((a, b) => b.known - a.known)[0]?.finding;
}

/** The field whose constant tells the branches of a union apart. */
function discriminator(branches: readonly Schema[]): string | undefined {
  const keys = Object.keys(branches[0]?.properties ?? {});
  return keys.find((key) => branches.every((branch) => branch.properties?.[key]?.const !== undefined));
}
