import { createHash } from 'node:crypto';
import { caseBatch, operationCases } from '@descent/autodiff';
import { bytesOf } from '@descent/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElementArray, Engine } from '../engine.ts';
import { deviations, emptyArray, feedArrays, runOnce } from './run-program.ts';
import { poolingOfTies, trainingCases } from './training-graphs.ts';

export interface Tolerances {
  /** Of one operation, relative to 1 + |reference|. */
  readonly operation: number;
  /** Of a whole training step. */
  readonly step: number;
}

/** float32 against the double-precision reference. */
const float32: Tolerances = { operation: 1e-5, step: 5e-5 };

/** What every engine must do. Each engine's test file calls it with its own engine. */
export function engineSuite(
  name: string,
  create: () => Promise<Engine>,
  { operation: operationTolerance, step: stepTolerance }: Tolerances = float32,
): void {
  describe(`${name}: the behaviour of every engine`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await create();
    });
    afterAll(() => engine.dispose());

    describe('agrees with the reference evaluation on', () => {
      it.each(operationCases)('$name', async ({ forward, training, feeds }) => {
        const results = await runOnce(engine, forward, feeds, caseBatch);
        expect(deviations(forward, feeds, caseBatch, results, operationTolerance)).toEqual([]);
        if (training === undefined) return;
        const trained = await runOnce(engine, training, feeds, caseBatch);
        expect(deviations(training, feeds, caseBatch, trained, operationTolerance)).toEqual([]);
      });
    });

    describe('computes the whole training step of', () => {
      it.each(trainingCases)('$name', async ({ graph, feeds }) => {
        for (const batch of [1, 6]) {
          const results = await runOnce(engine, graph, feeds(batch), batch);
          expect(deviations(graph, feeds(batch), batch, results, stepTolerance)).toEqual([]);
        }
      });
    });

    it.each([2, 3])(
      'gives the gradient of equal maxima to the first of them, windows of %s',
      async (kernel) => {
        const { graph, feeds } = poolingOfTies(kernel);
        const results = await runOnce(engine, graph, feeds(1), 1);
        expect(deviations(graph, feeds(1), 1, results, operationTolerance)).toEqual([]);
      },
    );

    it.each(trainingCases)(
      'gives the same bits in every run and in every program: $name',
      async (training) => {
        const feeds = training.feeds(6);
        const program = await engine.compile(training.graph, { batch: 6 });
        const outputs = new Map(program.outputs.map((port) => [port.name, emptyArray(port)]));
        const bound = program.bind({ inputs: feedArrays(program.inputs, feeds), outputs });
        await bound.run();
        const first = hashOf(outputs);
        for (const array of outputs.values()) bytesOf(array).fill(0);
        await bound.run();
        expect(hashOf(outputs)).toBe(first);
        await program.release();

        const other = await create();
        expect(hashOf(await runOnce(other, training.graph, feeds, 6))).toBe(first);
        await other.dispose();
      },
    );

    it('writes gradients into views of one flat buffer and leaves the rest of it alone', async () => {
      const { graph, feeds } = trainingCases[0]!;
      const program = await engine.compile(graph, { batch: 6 });
      const separate = await runOnce(engine, graph, feeds(6), 6);
      const total = program.outputs.reduce((sum, { elements }) => sum + elements + 1, 0);
      const flat = new Float32Array(total).fill(-7);
      const [outputs, gaps] = [new Map<string, ElementArray>(), [] as number[]];
      let offset = 0;
      for (const { name: output, elements } of program.outputs) {
        outputs.set(output, flat.subarray(offset, offset + elements));
        offset += elements;
        gaps.push(offset);
        offset += 1;
      }
      await program.bind({ inputs: feedArrays(program.inputs, feeds(6)), outputs }).run();
      expect(hashOf(outputs)).toBe(hashOf(separate));
      expect(gaps.map((gap) => flat[gap])).toEqual(gaps.map(() => -7));
      await program.release();
    });

    it('reads parameters from a flat buffer anew in every run', async () => {
      const { graph, feeds } = trainingCases[0]!;
      const program = await engine.compile(graph, { batch: 2, outputs: ['loss'] });
      const inputs = new Map(feedArrays(program.inputs, feeds(2)));
      const kernel = inputs.get('dense1/kernel') as Float32Array;
      const flat = new Float32Array(kernel.length + 3);
      flat.set(kernel, 3);
      inputs.set('dense1/kernel', flat.subarray(3));
      const loss = new Float32Array(1);
      const bound = program.bind({ inputs, outputs: new Map([['loss', loss]]) });
      await bound.run();
      const before = loss[0];
      flat.fill(0);
      await bound.run();
      expect(loss[0]).not.toBe(before);
      await program.release();
    });

    it('computes only what the chosen outputs need', async () => {
      const { graph } = trainingCases[1]!;
      const program = await engine.compile(graph, { batch: 2, outputs: ['correct'] });
      expect(program.outputs.map((port) => port.name)).toEqual(['correct']);
      expect(program.inputs.map((port) => port.name)).toContain('label');
      await program.release();
    });
  });
}

function hashOf(outputs: ReadonlyMap<string, ElementArray>): string {
  const hash = createHash('sha256');
  for (const [output, values] of outputs) hash.update(output).update(bytesOf(values));
  return hash.digest('hex');
}
