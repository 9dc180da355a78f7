/** Keywords of JSON Schema that our contracts use. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Name of a recursive schema that is meant here (recursive.ts). */
  readonly 'x-same-as'?: string;
}

const kindWords: Record<string, string> = {
  object: 'an object',
  array: 'an array',
  number: 'a number',
  integer: 'an integer',
  string: 'a string',
  boolean: 'true or false',
};

function kindsOf(schema: Schema): readonly string[] {
  if (schema.type !== undefined) return [schema.type];
  if (schema.const !== undefined) return [kindOf(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map(kindOf);
  return schema.anyOf?.flatMap(kindsOf) ?? Object.keys(kindWords);
}

export function acceptsKind(schema: Schema, value: unknown): boolean {
  const kind = kindOf(value);
  return kindsOf(schema).some((known) => known === kind || (known === 'integer' && kind === 'number'));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** "an integer or an array" */
export function describeKinds(branches: readonly Schema[]): string {
  const kinds = new Set(branches.flatMap(kindsOf));
  return [...kinds].map((kind) => kindWords[kind] ?? kind).join(' or ');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
