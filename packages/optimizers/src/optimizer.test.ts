import type { OptimizerSettings } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { FlatMemory } from './flat-memory.ts';
import { createOptimizer } from './optimizer.ts';
import { fillRandom } from './random.reference.ts';
import { referenceUpdate } from './update.reference.ts';

/** A parameter server's view of one training job of `length` parameters. */
function jobOf(settings: OptimizerSettings, length: number) {
  const optimizer = createOptimizer(settings);
  const { versions, operands, slots } = new FlatMemory({
    versions: { count: 2, length },
    operands: { count: 2, length },
    slots: { count: optimizer.slotNames.length, length },
  }).buffers;
  const [gradients, addend] = [operands[0]!, operands[1]!];
  return { optimizer, parameters: versions[0]!, next: versions[1]!, gradients, addend, slots };
}

/** θ after each of the summed gradients, for a single parameter. */
function trajectory(settings: OptimizerSettings, start: number, sums: readonly number[], scale: number) {
  const { optimizer, gradients, slots, ...versions } = jobOf(settings, 1);
  let { parameters, next } = versions;
  optimizer.init(slots);
  parameters.floats[0] = start;
  return sums.map((sum, step) => {
    gradients.floats[0] = sum;
    optimizer.update({
      parameters,
      next,
      gradients,
      slots,
      step,
      learningRate: settings.learningRate,
      scale,
    });
    [parameters, next] = [next, parameters];
    return parameters.floats[0];
  });
}

// Binary fractions throughout: no rounding anywhere, so the arithmetic below holds to the last bit.
describe('hand-worked updates', () => {
  it('sgd: θ − η(G·scale + λθ)', () => {
    // g = 4·½ + ½·1 = 2.5; θ = 1 − ¼·2.5 = 0.375. g = 2 + ½·0.375 = 2.1875; θ = 0.375 − 0.546875.
    const settings = { type: 'sgd', learningRate: 0.25, weightDecay: 0.5 } as const;
    expect(trajectory(settings, 1, [4, 4], 0.5)).toEqual([0.375, -0.171875]);
    expect(trajectory({ type: 'sgd', learningRate: 0.25 }, 1, [4, -8], 0.5)).toEqual([0.5, 1.5]);
  });

  it('sgd with momentum: v ← μv + g, θ − ηv', () => {
    // g = 2.5, v = 2.5, θ = 1 − 0.625 = 0.375.
    // g = 2 + 0.1875 = 2.1875, v = 1.25 + 2.1875 = 3.4375, θ = 0.375 − 0.859375 = −0.484375.
    const settings = { type: 'sgd', learningRate: 0.25, momentum: 0.5, weightDecay: 0.5 } as const;
    expect(trajectory(settings, 1, [4, 4], 0.5)).toEqual([0.375, -0.484375]);
  });

  it('sgd with Nesterov momentum: θ − η(g + μv)', () => {
    // g = 2.5, v = 2.5, g + ½v = 3.75, θ = 1 − 0.9375 = 0.0625.
    // g = 2 + 0.03125, v = 1.25 + 2.03125 = 3.28125, g + ½v = 3.671875, θ = 0.0625 − 0.91796875.
    const settings = {
      type: 'sgd',
      learningRate: 0.25,
      momentum: 0.5,
      nesterov: true,
      weightDecay: 0.5,
    } as const;
    expect(trajectory(settings, 1, [4, 4], 0.5)).toEqual([0.0625, -0.85546875]);
  });

  it('Nesterov without momentum is plain sgd', () => {
    expect(trajectory({ type: 'sgd', learningRate: 0.25, nesterov: true }, 1, [4], 0.5)).toEqual([0.5]);
    expect(createOptimizer({ type: 'sgd', learningRate: 0.25, nesterov: true }).slotNames).toEqual([]);
  });

  const moments = { learningRate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 2 } as const;

  it('adam: both moments corrected for their start at 0', () => {
    // g = 2; m = ½·2 = 1, m̂ = 1/(1 − ½) = 2; v = ¼·4 = 1, v̂ = 1/(1 − ¾) = 4; θ = 1 − ½·2/(2 + 2) = 0.75.
    expect(trajectory({ type: 'adam', ...moments }, 1, [4], 0.5)).toEqual([0.75]);
    // Again g = 2: m = ½ + 1, m̂ = 1.5/(1 − ¼) = 2; v = ¾ + 1, v̂ = 1.75/(1 − 9/16) = 4; θ = 0.75 − 0.25.
    expect(trajectory({ type: 'adam', ...moments }, 1, [4, 4], 0.5)[1]).toBeCloseTo(0.5, 6);
  });

  it('adam adds weight decay to the gradient', () => {
    // g = 3·½ + ½·1 = 2, and on as above.
    expect(trajectory({ type: 'adam', ...moments, weightDecay: 0.5 }, 1, [3], 0.5)).toEqual([0.75]);
  });

  it('adamw takes weight decay from the parameter, past the moments', () => {
    // (1 − ½·½)·1 = 0.75, less the 0.25 of adam's step.
    expect(trajectory({ type: 'adamw', ...moments, weightDecay: 0.5 }, 1, [4], 0.5)).toEqual([0.5]);
  });

  it('an adaptive step on a constant gradient is η, whatever the gradient', () => {
    // m̂ = g and √v̂ = |g| at every step; ε = 10⁻⁸ is out of sight.
    for (const gradient of [1e-3, 1, 1e3]) {
      const values = trajectory({ type: 'adam', learningRate: 0.125 }, 1, Array(4).fill(gradient), 1);
      [0.875, 0.75, 0.625, 0.5].forEach((value, step) => {
        expect(values[step]).toBeCloseTo(value, 4);
      });
    }
  });
});

/**
 * θ from 1 under the gradients below, by the update rules in the documentation of torch.optim (SGD, Adam, AdamW; dampening 0,
 * amsgrad off), worked in double precision to nine digits. First of each, as a check by hand:
 * sgd g = 0.5 + 0.01·1 = 0.51, 1 − 0.05·0.51 = 0.9745; Nesterov 1 − 0.05·(0.51 + 0.9·0.51) = 0.95155;
 * adam 1 − 0.1·0.51/(0.51 + 10⁻⁸); adamw (1 − 0.1·0.1) − 0.1·0.5/(0.5 + 10⁻⁸).
 */
describe('trajectories by the definitions of torch.optim', () => {
  const gradients = [0.5, -1, 2, 0.25, -0.125];
  const cases: readonly (readonly [string, OptimizerSettings, readonly number[]])[] = [
    [
      'SGD(lr=0.05, momentum=0.9, weight_decay=0.01)',
      { type: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 },
      [0.9745, 1.00106275, 0.924468694, 0.842571809, 0.774693326],
    ],
    [
      'SGD(lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True)',
      { type: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, nesterov: true },
      [0.95155, 1.024991028, 0.855542408, 0.768937132, 0.713771886],
    ],
    [
      'Adam(lr=0.1, weight_decay=0.01)',
      { type: 'adam', learningRate: 0.1, weightDecay: 0.01 },
      [0.900000002, 0.935523642, 0.892965686, 0.851812773, 0.819820852],
    ],
    [
      'AdamW(lr=0.1, weight_decay=0.1)',
      { type: 'adamw', learningRate: 0.1, weightDecay: 0.1 },
      [0.890000002, 0.917710354, 0.866567689, 0.817422215, 0.77804099],
    ],
  ];

  it.each(cases)('%s', (_, settings, expected) => {
    // Eight samples, so that the sum and its scale are in the path.
    const sums = gradients.map((gradient) => gradient * 8);
    const values = trajectory(settings, 1, sums, 1 / 8);
    expected.forEach((value, step) => {
      expect(Math.abs(values[step]! - value)).toBeLessThan(3e-7);
    });
  });

  it('adamw decays by 0.01 when nothing is said, adam and sgd do not decay', () => {
    expect(trajectory({ type: 'adamw', learningRate: 0.5 }, 1, [0], 1)[0]).toBeCloseTo(0.995, 7);
    expect(trajectory({ type: 'adam', learningRate: 0.5 }, 1, [0], 1)).toEqual([1]);
    expect(trajectory({ type: 'sgd', learningRate: 0.5, momentum: 0.5 }, 1, [0], 1)).toEqual([1]);
  });
});

const everyRule: readonly (readonly [string, OptimizerSettings])[] = [
  ['sgd', { type: 'sgd', learningRate: 0.1, weightDecay: 0.01 }],
  ['sgd with momentum', { type: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }],
  [
    'sgd with Nesterov momentum',
    { type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  ],
  ['adam', { type: 'adam', learningRate: 0.1, epsilon: 1e-3, weightDecay: 0.01 }],
  ['adamw', { type: 'adamw', learningRate: 0.1, epsilon: 1e-3 }],
];

/** A job in the middle of training: every buffer random, second moments positive. */
function randomJob(settings: OptimizerSettings, length: number) {
  const job = jobOf(settings, length);
  const { parameters, next, gradients, slots } = job;
  [parameters, next, gradients, ...slots].forEach((buffer, index) => {
    fillRandom(buffer.floats, 100 * length + index);
  });
  const second = slots[job.optimizer.slotNames.indexOf('secondMoment')];
  second?.floats.set(second.floats.map((value) => value * value));
  const update = { parameters, next, gradients, slots, step: 6, learningRate: 0.1, scale: 0.3 };
  return { ...job, update };
}

const contents = (buffers: readonly { readonly floats: Float32Array }[]) =>
  buffers.map((buffer) => [...buffer.floats]);

describe.each(everyRule)('%s', (_, settings) => {
  it.each([0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 1001])('agrees with the reference on %i parameters', (length) => {
    const { optimizer, parameters, next, gradients, slots, update } = randomJob(settings, length);
    const expected = Array.from({ length }, (_, index) =>
      referenceUpdate(
        settings,
        { theta: parameters.floats[index]!, slots: slots.map((slot) => slot.floats[index]!) },
        gradients.floats[index]! * update.scale,
        update.step,
        update.learningRate,
      ),
    );
    optimizer.update(update);
    expected.forEach(({ theta, slots: remembered }, index) => {
      expect(Math.abs(next.floats[index]! - theta)).toBeLessThan(1e-6);
      remembered.forEach((value, slot) => {
        expect(Math.abs(slots[slot]!.floats[index]! - value)).toBeLessThan(1e-6);
      });
    });
  });

  it('leaves the old version and the gradients untouched', () => {
    const { optimizer, parameters, gradients, update } = randomJob(settings, 1001);
    const before = contents([parameters, gradients]);
    optimizer.update(update);
    expect(contents([parameters, gradients])).toEqual(before);
  });

  it('gives the same bits in tiles, in any order, as in one piece', () => {
    const length = 203;
    const whole = randomJob(settings, length);
    whole.optimizer.update(whole.update);
    const bounds = [0, 1, 2, 5, 9, 64, 65, 67, 128, 202, 203];
    const tiled = randomJob(settings, length);
    for (let tile = bounds.length - 1; tile > 0; tile--)
      tiled.optimizer.update({
        ...tiled.update,
        range: { start: bounds[tile - 1]!, end: bounds[tile]! },
      });
    expect(contents([tiled.next, ...tiled.slots])).toEqual(contents([whole.next, ...whole.slots]));
  });

  it.each([1, 3, 4, 203])('adds the last operand of %i sums on the way, to the same bits', (length) => {
    const fused = randomJob(settings, length);
    const apart = randomJob(settings, length);
    const { addend } = fused;
    fillRandom(addend.floats, 77);
    const kept = contents([fused.gradients, addend]);
    const norms = fused.optimizer.update({ ...fused.update, addend });
    expect(contents([fused.gradients, addend])).toEqual(kept);
    apart.gradients.floats.set(apart.gradients.floats.map((value, index) => value + addend.floats[index]!));
    expect(apart.optimizer.update(apart.update)).toEqual(norms);
    expect(contents([fused.next, ...fused.slots])).toEqual(contents([apart.next, ...apart.slots]));
  });

  it.each([0, 1, 4, 7, 203])('measures what it did to %i parameters', (length) => {
    const { optimizer, parameters, next, gradients, update } = randomJob(settings, length);
    const norms = optimizer.update(update);
    const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
    expect(norms.squaredGradient).toBeCloseTo(squares(gradients.floats), 9);
    expect(norms.squaredParameters).toBeCloseTo(squares(parameters.floats), 3);
    const change = next.floats.map((value, index) => value - parameters.floats[index]!);
    expect(norms.squaredChange).toBeCloseTo(squares(change), 3);
  });

  it('writes nothing outside its range', () => {
    const { optimizer, next, slots, update } = randomJob(settings, 20);
    const before = contents([next, ...slots]);
    optimizer.update({ ...update, range: { start: 6, end: 13 } });
    contents([next, ...slots]).forEach((values, buffer) => {
      values.forEach((value, index) => {
        if (index < 6 || index >= 13) expect(value).toBe(before[buffer]![index]);
        else expect(value).not.toBe(before[buffer]![index]);
      });
    });
  });

  it('gives the same bits for the same parameter anywhere in the buffers', () => {
    const { optimizer, parameters, next, gradients, slots, update } = randomJob(settings, 23);
    for (const buffer of [parameters, gradients, ...slots]) buffer.floats.fill(buffer.floats[5]!);
    optimizer.update(update);
    expect(contents([next, ...slots]).map((values) => new Set(values).size)).toEqual(
      [next, ...slots].map(() => 1),
    );
  });

  it('keeps the zeros between tensors at zero', () => {
    const { optimizer, next, slots, update } = jobWithZeros(settings);
    for (let step = 0; step < 3; step++) optimizer.update({ ...update, step });
    expect(
      contents([next, ...slots])
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  });

  it('starts with its slots at zero', () => {
    const { optimizer, slots } = randomJob(settings, 9);
    optimizer.init(slots);
    expect(
      contents(slots)
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  });

  it('refuses to write a version over the one it reads', () => {
    const { optimizer, parameters, update } = randomJob(settings, 4);
    expect(() => optimizer.update({ ...update, next: parameters })).toThrow(
      'next and parameters are one buffer',
    );
  });

  it('refuses a range outside its buffers and a wrong number of slots', () => {
    const { optimizer, gradients, slots, update } = randomJob(settings, 4);
    expect(() => optimizer.update({ ...update, range: { start: 2, end: 5 } })).toThrow(RangeError);
    expect(() => optimizer.update({ ...update, slots: [...slots, gradients] })).toThrow(
      `${settings.type} has ${slots.length} slots here, not ${slots.length + 1}`,
    );
  });
});

function jobWithZeros(settings: OptimizerSettings) {
  const job = jobOf(settings, 11);
  const { parameters, next, gradients, slots } = job;
  return { ...job, update: { parameters, next, gradients, slots, learningRate: 0.1, scale: 0.3 } };
}

describe('adam', () => {
  it('does not divide 0 by 0 when ε is below the range of float32', () => {
    const settings = { type: 'adam', learningRate: 0.1, epsilon: 1e-60 } as const;
    expect(trajectory(settings, 1, [0, 0], 1)).toEqual([1, 1]);
  });

  it('has slots named for a checkpoint', () => {
    expect(createOptimizer({ type: 'adam', learningRate: 1 }).slotNames).toEqual([
      'firstMoment',
      'secondMoment',
    ]);
    expect(createOptimizer({ type: 'sgd', learningRate: 1, momentum: 0.9 }).slotNames).toEqual(['momentum']);
  });
});
