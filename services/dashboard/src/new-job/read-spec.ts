import { type Document, isNode, parseDocument } from 'yaml';

/** A mark in the text, from and to as offsets. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export type ReadSpec =
  | { readonly value: unknown; readonly document: Document }
  | { readonly mark: Mark; readonly document: Document };

/** Reads JSON or YAML (1.2, of which JSON is a part); what cannot be read is marked. */
export function readSpec(text: string): ReadSpec {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const [from, to] = error.pos;
    return { mark: { from, to: Math.max(to, from + 1), message: error.message }, document };
  }
  try {
    return { value: document.toJS({ maxAliasCount: 0 }), document };
  } catch {
    // A few lines of aliases of aliases can stand for gigabytes.
    return {
      mark: { from: 0, to: 1, message: 'Aliases (*name) are not read; write the value out' },
      document,
    };
  }
}

/**
 * Where a field stands that the service has named, such as `model.layers[2].units`: the value of the field, or the
 * nearest thing around it that the text has.
 */
export function markOf(document: Document, path: string, message: string): Mark {
  const steps = stepsOf(path);
  for (let length = steps.length; length >= 0; length -= 1) {
    const found = length === 0 ? document.contents : document.getIn(steps.slice(0, length), true);
    if (isNode(found) && found.range) return { from: found.range[0], to: found.range[1], message };
  }
  return { from: 0, to: 1, message };
}

/** `model.layers[2].units` → `['model', 'layers', 2, 'units']`. */
export function stepsOf(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["([^"]+)"\]|([^.[\]]+)/g)].map(([, index, quoted, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  );
}
