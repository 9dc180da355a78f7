import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';

/** The part of JSON Schema that our OpenAPI document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export interface Suggestion {
  readonly label: string;
  readonly kind: 'field' | 'value';
  readonly detail: string;
}

/** The value of every field around a place, from the outside in, and the key under the cursor. */
interface Place {
  readonly path: readonly (string | number)[];
  readonly siblings: readonly string[];
  /** `type` of the objects on the way, by depth: it picks the branch of a union. */
  readonly types: ReadonlyMap<number, string>;
  readonly inValue: boolean;
}

/** What may stand at an offset of the text, by the schema of a job. */
export function suggestAt(
  document: Document,
  offset: number,
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): readonly Suggestion[] {
  const place = placeAt(document, offset);
  const candidates = descend(schema, place, definitions);
  if (place.inValue) {
    return unique(
      candidates.flatMap((candidate) =>
        [...(candidate.enum ?? []), ...(candidate.const === undefined ? [] : [candidate.const])].map(
          (value): Suggestion => ({ label: String(value), kind: 'value', detail: '' }),
        ),
      ),
    );
  }
  return unique(
    candidates.flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties)
        .filter(([name]) => !place.siblings.includes(name))
        .map(([name, field]): Suggestion => {
          const hint = field.description ?? field.type ?? '';
          return { label: name, kind: 'field', detail: required.includes(name) ? `needed · ${hint}` : hint };
        }),
    ),
  );
}

function placeAt(document: Document, offset: number): Place {
  const path: (string | number)[] = [];
  const types = new Map<number, string>();
  let siblings: readonly string[] = [];
  let inValue = false;
  const contains = (node: Node | null | undefined) =>
    node?.range !== undefined && node.range !== null && node.range[0] <= offset && offset <= node.range[2];
  let current: unknown = document.contents;
  for (;;) {
    if (isMap(current)) {
      siblings = current.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
      const type = current.get('type');
      if (typeof type === 'string') types.set(path.length, type);
      const pair = current.items.find((item) => contains(item.value as Node) || contains(item.key as Node));
      if (pair === undefined || !isScalar(pair.key)) return { path, siblings, types, inValue: false };
      const key = String(pair.key.value);
      if (contains(pair.key as Node) && !contains(pair.value as Node)) {
        return { path, siblings: siblings.filter((name) => name !== key), types, inValue: false };
      }
      path.push(key);
      current = pair.value;
      inValue = true;
    } else if (isSeq(current)) {
      const index = current.items.findIndex((item) => contains(item as Node));
      path.push(Math.max(index, 0));
      inValue = true;
      if (index < 0) return { path, siblings: [], types, inValue };
      current = current.items[index];
    } else {
      // The one word that picks a branch cannot pick it while it is being written.
      if (path.at(-1) === 'type') types.delete(path.length - 1);
      return { path, siblings, types, inValue };
    }
  }
}

/** Every schema that a place may have: unions are followed into all branches that fit the types on the way. */
function descend(
  root: JsonSchema,
  { path, types }: Place,
  definitions: Readonly<Record<string, JsonSchema>>,
): readonly JsonSchema[] {
  const open = (schema: JsonSchema, depth: number, seen: ReadonlySet<string> = new Set()): JsonSchema[] => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split('/').at(-1) ?? '';
      const target = definitions[name];
      return target === undefined || seen.has(name) ? [] : open(target, depth, new Set([...seen, name]));
    }
    if (schema.anyOf !== undefined) return schema.anyOf.flatMap((branch) => open(branch, depth, seen));
    const type = types.get(depth);
    const own = schema.properties?.type;
    const fits = type === undefined || own === undefined || own.const === type || own.enum?.includes(type);
    return fits === false ? [] : [schema];
  };
  let schemas = open(root, 0);
  for (const [depth, step] of path.entries()) {
    schemas = schemas.flatMap((schema) => {
      const next = typeof step === 'number' ? schema.items : fieldOf(schema, step);
      return next === undefined ? [] : open(next, depth + 1);
    });
  }
  return schemas;
}

function fieldOf({ properties, patternProperties, additionalProperties }: JsonSchema, name: string) {
  if (properties?.[name] !== undefined) return properties[name];
  const [pattern] = Object.values(patternProperties ?? {});
  if (pattern !== undefined) return pattern;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function unique(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return [...new Map(suggestions.map((suggestion) => [suggestion.label, suggestion])).values()];
}
