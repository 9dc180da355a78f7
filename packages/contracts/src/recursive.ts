import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

const defined = new Map<string, TSchema>();

/** The schema that `Recursive(name)` stands for. Called once, beside the definition of the schema. */
export function defineRecursive(name: string, schema: TSchema): void {
  defined.set(name, schema);
}

export function recursiveSchema(name: string): TSchema {
  const schema = defined.get(name);
  if (schema === undefined) throw new Error(`no schema is defined for "${name}"`);
  return schema;
}

/**
 * Stands inside a schema for that schema itself. A `$ref` would tie every document that embeds the schema to one place
 * of the definition; this one says in words what it is and checks by the definition. Values are at most 64 levels
 * deep (plain-data.ts), and so is the check.
 */
export function Recursive(name: string, description: string) {
  const schema = Type.Object(
    { type: Type.String() },
    { additionalProperties: true, description, 'x-same-as': name },
  );
  const refinement = {
    check: (value: unknown) => Value.Check(recursiveSchema(name), value),
    error: () => `is no ${name}`,
  };
  // Hidden like TypeBox's own marks, so that the schema stays plain JSON when it is written down.
  return Object.defineProperty(schema, '~refine', { value: [refinement], enumerable: false });
}
