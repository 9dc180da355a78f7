import type { OptimizerSettings } from '@descent/contracts';
import { adam, adamw } from './adam.ts';
import type { FlatBuffer } from './flat-memory.ts';
import { type Range, requireSameMemory, resolveRange } from './range.ts';
import type { OptimizerType, Rule, SettingsOf } from './rule.ts';
import { sgd } from './sgd.ts';

/**
 * One update, from parameter version `step` to version `step + 1`. All buffers lie in one memory, and have one length
 * where no range is given.
 */
export interface Update {
  /** Version `step`; only read, since connections may still be sending it. */
  readonly parameters: FlatBuffer;
  /** Becomes version `step + 1`. */
  readonly next: FlatBuffer;
  /** Sum over the samples of the step, */
  readonly gradients: FlatBuffer;
  /** once this is added: the other operand of the last addition of the tree. Their sum itself is not written anywhere. */
  readonly addend?: FlatBuffer;
  /** One per name in `slotNames`, updated in place. */
  readonly slots: readonly FlatBuffer[];
  /** Updates applied before this one. */
  readonly step: number;
  /** η of this step, from {@link learningRateAt}. */
  readonly learningRate: number;
  /** Makes the summed gradient the clipped mean: clip factor ÷ sample count. */
  readonly scale: number;
  /** Elements to update; left out, all. Every tiling gives the same parameters and slots. */
  readonly range?: Range;
}

/**
 * What an update measures on its way: sums of squares over its range. The bits depend on the elements and their number
 * alone; those of adjoining ranges do not add up to the bits of the whole, so whoever adds
 * them uses {@link tilesOf}.
 */
export interface UpdateNorms {
  /** Of the summed gradient, before `scale`; added in double precision, finite exactly when every element is. */
  readonly squaredGradient: number;
  /** To about five digits, as the next: they are added in float32. */
  readonly squaredParameters: number;
  /** Of next − parameters. */
  readonly squaredChange: number;
}

/**
 * An update rule over flat float32 buffers. It holds no state of its own: what it remembers between steps is in
 * its slots, which a checkpoint keeps under their names.
 */
export interface Optimizer {
  readonly slotNames: readonly string[];
  /** Brings slots to their value before step 0. */
  init(slots: readonly FlatBuffer[]): void;
  /** The bits written are a function of the arguments alone. Constants are rounded to float32 once. */
  update(update: Update): UpdateNorms;
}

/** Every optimizer of the contract. */
const rules: { readonly [Type in OptimizerType]: (settings: SettingsOf<Type>) => Rule } = {
  sgd,
  adam,
  adamw,
};

export function createOptimizer(settings: OptimizerSettings): Optimizer {
  const { slotNames, apply } = ruleOf(settings);
  const requireSlots = (slots: readonly FlatBuffer[]): void => {
    if (slots.length !== slotNames.length)
      throw new RangeError(`${settings.type} has ${slotNames.length} slots here, not ${slots.length}`);
  };
  const names = ['parameters', 'next', 'gradients', ...slotNames, 'addend'];
  return {
    slotNames,
    init: (slots) => {
      requireSlots(slots);
      for (const slot of slots) slot.floats.fill(0);
    },
    update: ({ parameters, next, gradients, addend, slots, step, learningRate, scale, range }) => {
      requireSlots(slots);
      const buffers = [parameters, next, gradients, ...slots];
      if (addend !== undefined) buffers.push(addend);
      requireSameMemory(names, buffers, range);
      const { kernels, results } = parameters.memory;
      const { address, count } = resolveRange(parameters, range);
      const start = address - parameters.byteOffset;
      apply(kernels, {
        parameters: address,
        next: next.byteOffset + start,
        gradients: gradients.byteOffset + start,
        addend: addend === undefined ? 0 : addend.byteOffset + start,
        slots: slots.map((slot) => slot.byteOffset + start),
        count,
        result: results.byteOffset,
        step,
        learningRate,
        scale,
      });
      return {
        squaredGradient: results[0]!,
        squaredParameters: results[1]!,
        squaredChange: results[2]!,
      };
    },
  };
}

function ruleOf<Type extends OptimizerType>(settings: { readonly type: Type } & SettingsOf<Type>): Rule {
  return rules[settings.type](settings);
}
