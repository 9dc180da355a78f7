import type { Column } from '@descent/contracts';
import type { Draw } from './draw.ts';

/** What the values of a column are at one point on their way into an input; of one row. */
export interface Flow {
  readonly shape: readonly number[];
  /** Whole numbers only. */
  readonly integer: boolean;
  /** NaN may occur. */
  readonly gaps: boolean;
  /** Codes of so many named classes, which are no quantity. */
  readonly classes?: number;
  /** UTF-8 bytes, zeros behind the last. */
  readonly text: boolean;
  /** Bounds, where they are known; what labels are checked by. */
  readonly range?: { readonly minimum: number; readonly maximum: number };
  /** 8-bit intensities: 0 … 255. */
  readonly bytes: boolean;
  /** Still the values of the column, so that its statistics hold; filling gaps keeps them. */
  readonly original: boolean;
}

/** What one transform does to the values of one row. */
export type Step =
  | { readonly kind: 'affine'; readonly factor: number; readonly offset: number }
  | { readonly kind: 'each'; readonly map: (x: number) => number }
  | RowStep;

/** Reads all of `from` and writes all of `to`, which have the sizes of the flow before and after. */
export interface RowStep {
  readonly kind: 'row';
  /** `draw` is undefined outside training. */
  readonly run: (from: Float64Array, to: Float64Array, draw: Draw | undefined) => void;
}

/** A step whose sizes are known. */
export type SizedStep = Exclude<Step, RowStep> | (RowStep & { readonly elements: number });

/** A transform of one column, checked and ready. */
export interface Compiled {
  readonly flow: Flow;
  readonly step: Step | undefined;
}

/** Where a transform stands. */
export interface Place {
  readonly column: Column;
  /** Of the column among those that share the transform: which of its statistics is meant. */
  readonly index: number;
  /** Of the transform in its list: random numbers of two transforms are different ones. */
  readonly position: number;
  /** To throw, about this transform. */
  invalid(problem: string): Error;
}

/** One transform. One file each. */
export interface Rule<Settings> {
  /** Throws TRANSFORM_INVALID where it does not suit the column. */
  compile(settings: Settings, flow: Flow, place: Place): Compiled;
}

/** The same values, changed one by one. */
export function numbers(flow: Flow, place: Place): void {
  if (flow.text) throw place.invalid('it is for numbers; the column holds text');
  if (flow.classes !== undefined) {
    throw place.invalid(
      `it is for numbers; the column holds ${flow.classes} categories (use oneHot, or codes before it)`,
    );
  }
}

/** [height, width] or [height, width, channels] */
export function imageOf(flow: Flow, place: Place): { height: number; width: number; channels: number } {
  const [height, width, channels = 1] = flow.shape;
  if (height === undefined || width === undefined || flow.shape.length > 3 || flow.text) {
    throw place.invalid(
      `it is for images [height, width, channels]; the column has shape [${flow.shape.join(', ')}]`,
    );
  }
  return { height, width, channels };
}

/** Statistics hold for the column as it is stored. */
export function originalNumbers(flow: Flow, place: Place): void {
  numbers(flow, place);
  if (!flow.original) {
    throw place.invalid(
      'its statistics are of the column itself; put it before transforms that change the numbers',
    );
  }
}

/** `flow` after its numbers were changed. */
export function changed(flow: Flow, more: Partial<Flow> = {}): Flow {
  const { range: _, ...rest } = flow;
  return { ...rest, integer: false, bytes: false, original: false, ...more };
}
