import { createGraphBuilder, type Graph, partsOf } from '@descent/autodiff';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElementArray, Engine } from '../engine.ts';
import { engineSuite } from '../testing/engine-suite.ts';
import { feedArrays } from '../testing/run-program.ts';
import { trainingCases } from '../testing/training-graphs.ts';
import { createOnnxEngine } from './onnx-engine.ts';

engineSuite('onnx', createOnnxEngine);

/** out = x + 1 over [batch, 2] */
function addOne(): Graph {
  const builder = createGraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 2] });
  builder.output('out', builder.add('Add', [x, builder.scalar(1)], {}, 'plus'));
  return builder.build();
}

describe('onnx', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createOnnxEngine();
  });
  afterAll(() => engine.dispose());

  const bind = async (inputs: Record<string, ElementArray>, outputs: Record<string, ElementArray>) => {
    const program = await engine.compile(addOne(), { batch: 2 });
    try {
      return program.bind({
        inputs: new Map(Object.entries(inputs)),
        outputs: new Map(Object.entries(outputs)),
      });
    } finally {
      await program.release();
    }
  };
  const right = () => ({ x: new Float32Array(4), out: new Float32Array(4) });

  it('names version, instruction set, threads and element type in its numerics class', () => {
    expect(engine.numericsClass).toMatch(/^onnx-\d+\.\d+\.\d+\/cpu-[a-z0-9-]+\/1-thread\/f32$/);
  });

  it('a run writes the arrays that were bound, in place', async () => {
    const program = await engine.compile(addOne(), { batch: 2 });
    const [x, out] = [Float32Array.of(1, 2, 3, 4), new Float32Array(4)];
    const bound = program.bind({ inputs: new Map([['x', x]]), outputs: new Map([['out', out]]) });
    await bound.run();
    expect([...out]).toEqual([2, 3, 4, 5]);
    x[3] = 10;
    await bound.run();
    expect([...out]).toEqual([2, 3, 4, 11]);
    await program.release();
  });

  it('computes a batch that outgrows the caches in parts, and adds their gradients up in place', async () => {
    const { graph, feeds } = trainingCases[0]!;
    const outputs = [...graph.outputs.keys()];
    const batch = 2 ** 18;
    expect([1, 2].map((times) => partsOf(graph, (times * batch) / 2, outputs))).toEqual([1, 2]);
    const fed = feeds(batch);
    const whole = await engine.compile(graph, { batch });
    const results = new Map(whole.outputs.map(({ name, elements }) => [name, new Float32Array(elements)]));
    const bound = whole.bind({ inputs: feedArrays(whole.inputs, fed), outputs: results });
    await bound.run();
    const first = new Map([...results].map(([name, values]) => [name, values.slice()]));
    await bound.run();
    expect(results).toEqual(first);
    await whole.release();

    const half = await engine.compile(graph, { batch: batch / 2 });
    const halves: Map<string, Float32Array>[] = [];
    for (const part of [0, 1]) {
      const inputs = [...feedArrays(whole.inputs, fed)].map(([name, array]) => {
        const { elements } = half.inputs.find((port) => port.name === name)!;
        const from = array.length === elements ? 0 : part * elements;
        return [name, array.subarray(from, from + elements)] as const;
      });
      const sums = new Map(half.outputs.map(({ name, elements }) => [name, new Float32Array(elements)]));
      await half.bind({ inputs: new Map(inputs), outputs: sums }).run();
      halves.push(sums);
    }
    await half.release();
    for (const [name, values] of results) {
      const largest = Math.max(...values.map(Math.abs));
      values.forEach((value, index) => {
        const sum = halves[0]!.get(name)![index]! + halves[1]!.get(name)![index]!;
        expect(Math.abs(value - sum) / largest, name).toBeLessThan(1e-5);
      });
    }
  });

  it('batch normalisation in training leaves the statistics that it was fed as they are', async () => {
    const builder = createGraphBuilder();
    const x = builder.input('x', { dtype: 'float32', shape: ['batch', 1] });
    const parameters = ['scale', 'shift', 'mean', 'variance'].map((name) => builder.parameter(name, [1]));
    const attributes = { training_mode: 1, momentum: 0.5 };
    const outputs = builder.addMany('BatchNormalization', [x, ...parameters], attributes, 3);
    ['y', 'running mean', 'running variance'].forEach((name, index) => {
      builder.output(name, outputs[index]!);
    });
    const program = await engine.compile(builder.build(), { batch: 2 });
    const fed = [Float32Array.of(1, 5), ...[2, 0, 7, 10].map((value) => Float32Array.of(value))];
    const results = program.outputs.map((port) => new Float32Array(port.elements));
    const bound = program.bind({
      inputs: new Map(program.inputs.map(({ name }, index) => [name, fed[index]!])),
      outputs: new Map(program.outputs.map(({ name }, index) => [name, results[index]!])),
    });
    for (let run = 0; run < 2; run += 1) {
      await bound.run();
      expect(results.slice(1).map((values) => [...values])).toEqual([[5], [7]]);
    }
    expect(fed.map((values) => [...values])).toEqual([[1, 5], [2], [0], [7], [10]]);
    await program.release();
  });

  it.each([
    ['a missing buffer', {}, right(), 'The buffer bound to "x" does not fit: it is missing'],
    [
      'a buffer of the wrong length',
      { x: new Float32Array(3) },
      right(),
      'The buffer bound to "x" does not fit: it holds 3 elements where [2, 2] has 4',
    ],
    [
      'a buffer of the wrong type',
      right(),
      { out: new Int32Array(4) },
      'The buffer bound to "out" does not fit: it is a Int32Array where float32 takes a Float32Array',
    ],
    [
      'shared memory',
      { x: new Float32Array(new SharedArrayBuffer(16)) },
      right(),
      'The buffer bound to "x" does not fit: it lies in shared memory, which engines cannot read or write',
    ],
  ] as [string, Record<string, ElementArray>, Record<string, ElementArray>, string][])(
    '%s is refused by name',
    async (_, inputs, outputs, message) => {
      await expect(bind(inputs, outputs)).rejects.toMatchObject({ code: 'ENGINE_BINDING_INVALID', message });
    },
  );

  it.each([0, -1, 1.5, Number.NaN])('batch %d is refused', async (batch) => {
    await expect(engine.compile(addOne(), { batch })).rejects.toMatchObject({
      code: 'ENGINE_OPTION_INVALID',
      details: { option: 'batch' },
    });
  });

  it('an output that the graph does not have is refused by name', async () => {
    await expect(engine.compile(addOne(), { batch: 1, outputs: ['loss'] })).rejects.toMatchObject({
      code: 'ENGINE_OUTPUT_UNKNOWN',
      message: 'The graph has no output "loss"',
      details: { outputs: ['out'] },
    });
  });

  it('a dtype that it does not compute is refused with the value', async () => {
    const builder = createGraphBuilder();
    const x = builder.input('x', { dtype: 'float64', shape: ['batch'] });
    builder.output('out', x);
    await expect(engine.compile(builder.build(), { batch: 1 })).rejects.toMatchObject({
      code: 'ENGINE_DTYPE_UNSUPPORTED',
      details: { value: 'x', dtype: 'float64' },
    });
  });

  it('a label out of range fails the run with the node that read it, and the cause is kept', async () => {
    const builder = createGraphBuilder();
    const scores = builder.input('scores', { dtype: 'float32', shape: ['batch', 3] });
    const labels = builder.input('labels', { dtype: 'int32', shape: ['batch'] });
    const [loss] = builder.addMany('SoftmaxCrossEntropyLoss', [scores, labels], {}, 1, 'crossEntropy');
    builder.output('loss', loss!);
    const program = await engine.compile(builder.build(), { batch: 2 });
    const bound = program.bind({
      inputs: new Map<string, ElementArray>([
        ['scores', new Float32Array(6)],
        ['labels', Int32Array.of(1, 3)],
      ]),
      outputs: new Map([['loss', new Float32Array(1)]]),
    });
    const failure = bound.run();
    await expect(failure).rejects.toMatchObject({
      code: 'ENGINE_RUN_FAILED',
      message: expect.stringContaining('crossEntropy'),
      cause: expect.any(Error),
    });
    await program.release();
  });

  it('a value that is an input and two outputs at once reaches both', async () => {
    const builder = createGraphBuilder();
    const x = builder.input('x', { dtype: 'float32', shape: ['batch'] });
    builder.output('x', x);
    builder.output('again', x);
    builder.output('negative', builder.add('Neg', [x]));
    builder.output('negativeAgain', builder.add('Neg', [x]));
    const program = await engine.compile(builder.build(), { batch: 2 });
    const outputs = new Map(program.outputs.map(({ name }) => [name, new Float32Array(2)]));
    await program.bind({ inputs: new Map([['x', Float32Array.of(1, -2)]]), outputs }).run();
    expect([...outputs].map(([name, values]) => [name, ...values])).toEqual([
      ['x', 1, -2],
      ['again', 1, -2],
      ['negative', -1, 2],
      ['negativeAgain', -1, 2],
    ]);
    await program.release();
  });

  it('a released program and a disposed engine are refused', async () => {
    const mortal = await createOnnxEngine();
    const program = await mortal.compile(addOne(), { batch: 1 });
    await program.release();
    expect(() => program.bind({ inputs: new Map(), outputs: new Map() })).toThrow(
      'A program was used after it had been released',
    );
    await mortal.dispose();
    await expect(mortal.compile(addOne(), { batch: 1 })).rejects.toMatchObject({ code: 'ENGINE_DISPOSED' });
  });
});
