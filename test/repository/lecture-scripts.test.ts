import { evaluate, explain } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph, initializeParameters, trainingGraph, viewOf } from '@descent/models';
import { tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { randomSequences } from '../../examples/lecture/copy-task.ts';
import { loopWithCondition } from '../../examples/lecture/loop-with-condition.ts';
import { neuralTuringMachine } from '../../examples/lecture/neural-turing-machine.ts';

const floats = (shape: readonly number[], ...values: number[]) =>
  tensor('float32', shape, Float32Array.from(values));
const compiled = (spec: ModelSpec) => compileModel(validate(ModelSpec, spec, ['model']));

test('a loop and a condition become as many steps as asked for, and a switch that routes', () => {
  const model = compiled(loopWithCondition(3));
  const feeds = { x: floats([2, 3], 1, 2, 3, 1, 2, 3), y0: floats([2, 1], 1, 1), w: floats([1], 2) };
  // y₁ = (1 + 1)·2, y₂ = 4 + 2, y₃ = (6 + 3)·2; then y₃ − z, or y₃ + z below 0.
  const { outputs } = evaluate(inferenceGraph(model), { ...feeds, z: floats([2, 1], 5, -5) });
  expect(Array.from(outputs.get('prediction')?.data ?? [], Number)).toEqual([13, 13]);
  const names = model.forward.inference.nodes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['y1', 'y2', 'y3', 'result']));
});

/** So small that the reference evaluation trains it. */
const machine = { bits: 2, length: 2, locations: 4, width: 3, units: 6 };

test('every gradient of a Neural Turing Machine agrees with finite differences, and training lowers its loss', () => {
  const model = compiled(neuralTuringMachine(machine));
  const { entries } = model.layout;
  const flat = initializeParameters(model.layout, 1);
  const bits = [1, 0, 0, 1];
  const sequence = floats([1, 3, 4], 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1);
  const feeds = () => ({
    sequence,
    copy: floats([1, 2, 2], ...bits),
    ...Object.fromEntries(
      entries.map((entry) => [entry.name, tensor('float32', entry.shape, viewOf(flat, entry))]),
    ),
  });
  const parameters = entries.map(({ name }) => name);
  const { checks } = explain(model.forward.training, 'loss', feeds(), { only: parameters });
  expect(checks).toMatchObject({ failed: 0, skipped: 0 });

  const graph = trainingGraph(model);
  const losses = Array.from({ length: 30 }, () => {
    const { outputs } = evaluate(graph, feeds());
    for (const entry of entries) {
      const view = viewOf(flat, entry);
      outputs.get(`gradient/${entry.name}`)?.data.forEach((slope, index) => {
        view[index] = (view[index] ?? 0) - 0.5 * Number(slope);
      });
    }
    return Number(outputs.get('loss')?.data[0]);
  });
  expect(losses[0]).toBeGreaterThan(0.5);
  expect(losses.at(-1)).toBeLessThan(0.1);
});

test('the copy task: the sequence after empty steps, the request last, and the same vectors from the first step', () => {
  const { sequence, copy, lengths } = randomSequences(3, 1);
  lengths.forEach((count, sample) => {
    const row = (step: number) =>
      Array.from(sequence.data.slice((sample * 9 + step) * 10, (sample * 9 + step + 1) * 10));
    const answer = (step: number) =>
      Array.from(copy.data.slice((sample * 8 + step) * 8, (sample * 8 + step + 1) * 8));
    expect(count).toBeGreaterThanOrEqual(5);
    for (let step = 0; step < count; step += 1)
      expect(row(8 - count + step)).toEqual([...answer(step), 1, 0]);
    for (let step = count; step < 8; step += 1) expect(answer(step)).toEqual(Array(8).fill(0));
    expect(row(8)).toEqual([...Array(9).fill(0), 1]);
  });
});
