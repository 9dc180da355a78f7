import type { ConcreteType } from '../operation.ts';

export const padModes = ['constant', 'reflect', 'edge', 'wrap'] as const;
export type PadMode = (typeof padModes)[number];

/** What is added (or, where negative, taken away) before and after each axis. */
export interface PadWidths {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** `pads`: the begins of the axes, then their ends. `axes`, counted from the front: all by default. */
export function padWidths(
  pads: readonly number[],
  axes: readonly number[] | undefined,
  rank: number,
): PadWidths {
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  const list = axes ?? before.map((_, axis) => axis);
  list.forEach((axis, place) => {
    const at = axis < 0 ? axis + rank : axis;
    before[at] = pads[place]!;
    after[at] = pads[place + list.length]!;
  });
  return { before, after };
}

/** For each element along a padded axis, the element of the input there; −1 is the constant. Negative widths cut first. */
export function paddedSources(mode: PadMode, size: number, before: number, after: number): readonly number[] {
  const first = Math.max(0, -before);
  const length = size - first - Math.max(0, -after);
  const total = length + Math.max(0, before) + Math.max(0, after);
  return Array.from({ length: total }, (_, place) => {
    const source = inside(mode, place - Math.max(0, before), length);
    return source < 0 ? -1 : first + source;
  });
}

function inside(mode: PadMode, place: number, length: number): number {
  if (place >= 0 && place < length) return place;
  switch (mode) {
    case 'constant':
      return -1;
    case 'edge':
      return place < 0 ? 0 : length - 1;
    case 'wrap':
      return modulo(place, length);
    case 'reflect': {
      if (length === 1) return 0;
      const period = 2 * (length - 1);
      const along = modulo(place, period);
      return Math.min(along, period - along);
    }
    default:
      return mode satisfies never;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** Per axis the sources of a whole result; axes that are not padded keep their places. */
export function sourcesOf(
  mode: PadMode,
  { before, after }: PadWidths,
  shape: ConcreteType['shape'],
): readonly (readonly number[])[] {
  return shape.map((size, axis) => paddedSources(mode, size, before[axis]!, after[axis]!));
}
