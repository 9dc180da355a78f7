import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Schema } from './schema-kind.ts';

interface Definition {
  readonly schema: TSchema;
  readonly branches: ReadonlyMap<unknown, TSchema>;
}

const defined = new Map<string, Definition>();

/** The union that `Recursive(name)` stands for, told apart by `type`. Called once, beside the definition of the schema. */
export function defineRecursive(name: string, schema: TSchema): void {
  const branches = (schema as { anyOf?: readonly (TSchema & Schema)[] }).anyOf ?? [];
  const byType = branches.map((branch) => [branch.properties?.type?.const, branch] as const);
  defined.set(name, { schema, branches: new Map(byType) });
}

export function recursiveSchema(name: string): TSchema {
  return definitionOf(name).schema;
}

/**
 * Stands for a union of many types that contains itself. A `$ref` would tie every document that embeds the schema to one
 * place of the definition; this one says in words what it is and checks by the definition. Values are at most 64 levels
 * deep (plain-data.ts), and so is the check. It looks at the branch of the value's type alone: TypeBox checks all of
 * them, which for 10,000 layers takes 15 seconds instead of 0.2.
 */
export function Recursive(name: string, description: string) {
  const schema = Type.Object(
    { type: Type.String() },
    { additionalProperties: true, description, 'x-same-as': name },
  );
  const refinement = {
    check: (value: { readonly type: string }) => {
      const branch = definitionOf(name).branches.get(value.type);
      return branch !== undefined && Value.Check(branch, value);
    },
    error: () => `is no ${name}`,
  };
  // Hidden like TypeBox's own marks, so that the schema stays plain JSON when it is written down.
  return Object.defineProperty(schema, '~refine', { value: [refinement], enumerable: false });
}

function definitionOf(name: string): Definition {
  const definition = defined.get(name);
  if (definition === undefined) throw new Error(`no schema is defined for "${name}"`);
  return definition;
}
