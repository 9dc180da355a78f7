import { isDescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { price } from './price.ts';
import { compiled } from './reference.fixture.ts';

const spec = (checkpointing?: unknown) => ({
  inputs: { x: { shape: [32] } },
  layers: [
    ...Array.from({ length: 8 }, (_, index) => ({
      type: 'dense',
      name: `hidden${index}`,
      units: 32,
      activation: 'tanh',
    })),
    { type: 'dense', name: 'logits', units: 2 },
  ],
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  ...(checkpointing === undefined ? {} : { checkpointing }),
});
const question = { batchSize: 256, microBatches: 2, datasetCount: 1000, epochs: 1, optimizerSlots: 0 };
const priceOf = (checkpointing?: unknown) => price(compiled(spec(checkpointing)), question);

describe('recomputing parts of the forward pass', () => {
  it('is priced: what it saves, and what is computed twice', () => {
    const [plain, frugal] = [priceOf(), priceOf('auto')];
    expect(plain.checkpointing).toBeUndefined();
    const { savedBytes, extraFlops } = frugal.checkpointing!;
    expect(savedBytes).toBeGreaterThan(0);
    expect(frugal.workerMemoryBytes).toBe(plain.workerMemoryBytes - savedBytes);
    expect(extraFlops).toBeGreaterThan(0);
    expect(frugal.flopsPerStep).toBe(plain.flopsPerStep + extraFlops);
    // At most the whole forward pass once more: a third of the step.
    expect(extraFlops).toBeLessThan(plain.flopsPerStep / 2.9);
  });

  it('of a layer that keeps all it computes anyway costs and saves nothing', () => {
    expect(priceOf(['logits']).checkpointing).toEqual({ savedBytes: 0, extraFlops: 0 });
  });

  it('refuses a name that is no layer, and says which was meant', () => {
    let refusal: unknown;
    try {
      compiled(spec(['hidden1', 'hiden2']));
    } catch (error) {
      refusal = error;
    }
    expect(isDescentError(refusal, 'SPEC_UNKNOWN_VALUE') && refusal.details).toMatchObject({
      path: 'model.checkpointing[1]',
      name: 'hiden2',
      didYouMean: 'hidden2',
    });
  });
});
