import type { Place } from './flow.ts';

/** The one of several recorded statistics that a column has; undefined when none is recorded yet. */
export function statisticOf<Value>(
  recorded: readonly Value[] | undefined,
  name: string,
  place: Place,
): Value | undefined {
  if (recorded === undefined) return undefined;
  const value = recorded[place.index];
  if (value === undefined) {
    throw place.invalid(
      `\`${name}\` has ${recorded.length} entries; column "${place.column.name}" is number ${place.index + 1}`,
    );
  }
  return value;
}
