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
  /** Sum over the samples of the step. */
  readonly gradients: FlatBuffer;
  /** One per name in `slotNames`, updated in place. */
  readonly slots: readonly FlatBuffer[];
  /** Updates applied before this one. */
  readonly step: number;
  /** η of this step, from {@link learningRateAt}. */
  readonly learningRate: number;
  /** Makes the summed gradient the clipped mean: clip factor ÷ sample count. */
  readonly scale: number;
  /** Elements to update; left out, all. Every tiling of the buffers gives the same bits. */
  readonly range?: Range;
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
  update(update: Update): void;
}

/** Every optimizer of the contract. */
const rules: { readonly [Type in OptimizerType]: (settings: SettingsOf<Type>) => Rule } = {
  sgd,
  adam,
  adamw,
};

export function createOptimizer(settings: OptimizerSettings): Optimizer {
  const { slotNames, apply } = ruleOf(settings);
  const named = (slots: readonly FlatBuffer[]): Record<string, FlatBuffer> => {
    if (slots.length !== slotNames.length)
      throw new RangeError(`${settings.type} has ${slotNames.length} slots here, not ${slots.length}`);
    return Object.fromEntries(slotNames.map((name, index) => [name, slots[index]!]));
  };
  return {
    slotNames,
    init: (slots) => {
      for (const slot of Object.values(named(slots))) slot.floats.fill(0);
    },
    update: ({ parameters, next, gradients, slots, step, learningRate, scale, range }) => {
      requireSameMemory({ parameters, next, gradients, ...named(slots) }, range);
      const addressOf = (buffer: FlatBuffer) => resolveRange(buffer, range).address;
      apply(parameters.memory.kernels, {
        parameters: addressOf(parameters),
        next: addressOf(next),
        gradients: addressOf(gradients),
        slots: slots.map(addressOf),
        count: resolveRange(parameters, range).count,
        step,
        learningRate,
        scale,
      });
    },
  };
}

function ruleOf<Type extends OptimizerType>(settings: { readonly type: Type } & SettingsOf<Type>): Rule {
  return rules[settings.type](settings);
}
