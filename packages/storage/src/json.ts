/** JSON columns are written by us alone, from values that were validated at the door: reading them back trusts the type. */
export function parse<Value>(column: string): Value {
  return JSON.parse(column) as Value;
}

export function parseOrNull<Value>(column: string | null): Value | null {
  return column === null ? null : parse<Value>(column);
}

export function text(value: unknown): string {
  return JSON.stringify(value);
}

export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : text(value);
}
