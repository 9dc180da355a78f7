import type { ParameterLayout } from '@descent/models';
import {
  addInto,
  clipFactor,
  type FlatBuffer,
  type Range,
  squaredNorm,
  tilesOf,
  type UpdateNorms,
} from '@descent/optimizers';
import type { UpdateRule } from './update-rule.ts';

export interface StepUpdateOptions {
  readonly layout: ParameterLayout;
  /** `tilesOfLayout(layout)` */
  readonly tiles: readonly Range[];
  readonly rule: UpdateRule;
  readonly step: number;
  /** Makes a mean of the sum. */
  readonly divisor: number;
  readonly current: FlatBuffer;
  readonly next: FlatBuffer;
  readonly slots: readonly FlatBuffer[];
  /** The gradient of the step is left, or left + right. Neither holds anything of use afterwards. */
  readonly left: FlatBuffer;
  readonly right: FlatBuffer | undefined;
  /** Hears what the update of each tile measured on its way, in the order of `tiles`. */
  onTile?: ((norms: UpdateNorms, range: Range) => void) | undefined;
  /** Monotonic milliseconds. */
  clock(): number;
}

/**
 * One update in tiles. The last addition of the tree, the norm and the optimizer are one pass over memory; with `clipNorm` the norm
 * must be known before the first update, which takes a second one. Whatever happens between two calls of `advance`, the bits are
 * the same.
 */
export interface StepUpdate {
  /** Milliseconds for what goes before the update, and for the pass of the update. */
  readonly reduceMs: number;
  readonly updateMs: number;
  /** Goes on for about so many elements; true when the next version is complete. */
  advance(elements: number): boolean;
  /** Of the mean gradient before clipping; known at the end. */
  gradientNorm(): number;
}

/** The tiles of what is trained. */
export function tilesOfLayout({ entries }: ParameterLayout): readonly Range[] {
  const trained = entries.filter(({ trainable }) => trainable);
  return tilesOf(trained.map(({ offset, length }) => ({ start: offset, end: offset + length })));
}

export function createStepUpdate(options: StepUpdateOptions): StepUpdate {
  const { layout, tiles, rule, step, divisor, current, next, slots, clock } = options;
  const { left, right, onTile } = options;
  const { optimizer, clipNorm } = rule;
  const learningRate = rule.learningRate(step);
  const { trainableElements, gradientElements } = layout;
  const common = { parameters: current, next, gradients: left, slots, step, learningRate };
  const withAddend = right === undefined ? common : { ...common, addend: right };
  let squared = 0;
  let scale = 1 / divisor;
  let reduceMs = 0;
  let updateMs = 0;
  let isDone = false;

  const norm = () => Math.sqrt(squared) / divisor;

  /** Work that can stop after each tile; yields the elements of each. */
  function* run(): Generator<number> {
    let began = clock();
    if (clipNorm !== undefined) {
      for (const range of tiles) {
        squared += squaredNorm(left, right, range);
        yield range.end - range.start;
      }
      scale = clipFactor(norm(), clipNorm) / divisor;
    }
    const states = { start: trainableElements, end: gradientElements };
    if (right !== undefined) addInto(left, right, states);
    reduceMs = clock() - began;
    began = clock();
    for (const range of tiles) {
      const norms = optimizer.update({ ...withAddend, scale, range });
      if (clipNorm === undefined) squared += norms.squaredGradient;
      onTile?.(norms, range);
      yield range.end - range.start;
    }
    rule.states(current.floats, next.floats, left.floats, divisor);
    updateMs = clock() - began;
  }
  const work = run();

  return {
    get reduceMs() {
      return reduceMs;
    },
    get updateMs() {
      return updateMs;
    },
    advance(elements) {
      for (let spent = 0; !isDone && spent < elements; ) {
        const { done, value } = work.next();
        isDone = done === true;
        spent += value ?? 0;
      }
      return isDone;
    },
    gradientNorm: norm,
  };
}
