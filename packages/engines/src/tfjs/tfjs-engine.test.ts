import { createGraphBuilder, type OperationName, operationOf, operations } from '@descent/autodiff';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ElementArray } from '../engine.ts';
import { engineSuite } from '../testing/engine-suite.ts';
import { emptyArray, feedArrays } from '../testing/run-program.ts';
import { trainingCases } from '../testing/training-graphs.ts';
import { lowerings } from './lowerings/index.ts';
import { createTfjsEngine } from './tfjs-engine.ts';

engineSuite('tfjs on wasm', () => createTfjsEngine({ backend: 'wasm' }));
engineSuite('tfjs on cpu', () => createTfjsEngine({ backend: 'cpu' }));

it('only rare operations are left to the reference evaluation', () => {
  const names = Object.keys(operations) as OperationName[];
  const slow = names.filter(
    (name) => lowerings[name] === undefined && operationOf(name).decompose === undefined,
  );
  expect(slow.toSorted()).toEqual([
    ...['BitShift', 'Celu', 'ConstantOfShape', 'Dropout', 'EyeLike', 'GatherElements', 'GatherND'],
    ...[
      'Hardmax',
      'IsInf',
      'IsNaN',
      'Mod',
      'NonZero',
      'OneHot',
      'Range',
      'ReduceLogSumExp',
      'ReverseSequence',
    ],
    ...['ScatterElements', 'ScatterND', 'TopK', 'Trilu', 'Unique'],
  ]);
});

describe.each(['wasm', 'cpu'] as const)('tfjs on %s', (backend) => {
  it('holds the same number of tensors after each of 1,000 steps, and none when it is disposed', {
    timeout: 120_000,
  }, async () => {
    const before = tf.memory().numTensors;
    const engine = await createTfjsEngine({ backend });
    const { graph, feeds } = trainingCases[1]!;
    const program = await engine.compile(graph, { batch: 2 });
    const outputs = new Map(program.outputs.map((port) => [port.name, emptyArray(port)]));
    const bound = program.bind({ inputs: feedArrays(program.inputs, feeds(2)), outputs });
    await bound.run();
    const { numTensors, numDataBuffers } = tf.memory();
    for (let step = 0; step < 1_000; step += 1) await bound.run();
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    await program.release();
    await engine.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a run that fails names the node, keeps the cause and leaves no tensor behind', async () => {
    const engine = await createTfjsEngine({ backend });
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
    const before = tf.memory().numTensors;
    await expect(bound.run()).rejects.toMatchObject({
      code: 'ENGINE_RUN_FAILED',
      message: expect.stringContaining('node "crossEntropy" (SoftmaxCrossEntropyLoss)'),
      cause: expect.objectContaining({ code: 'GRAPH_INDEX_OUT_OF_RANGE' }),
    });
    expect(tf.memory().numTensors).toBe(before);
    await engine.dispose();
  });

  it('an int64 passes whole, and one of more than 32 bits is refused where a kernel would compute with it', async () => {
    const engine = await createTfjsEngine({ backend });
    const builder = createGraphBuilder();
    const n = builder.input('n', { dtype: 'int64', shape: ['batch'] });
    builder.output('same', n);
    builder.output('next', builder.add('Add', [n, n]));
    builder.output('is', builder.add('Equal', [n, n]));
    const graph = builder.build();
    const compute = async (value: bigint, output: string) => {
      const program = await engine.compile(graph, { batch: 1, outputs: [output] });
      const out = emptyArray(program.outputs[0]!);
      const inputs = new Map([['n', BigInt64Array.of(value)]]);
      await program.bind({ inputs, outputs: new Map([[output, out]]) }).run();
      return [...out].map(Number);
    };
    const large = 2n ** 40n;
    expect(await compute(large, 'same')).toEqual([2 ** 40]);
    expect(await compute(large, 'next')).toEqual([2 ** 41]);
    expect(await compute(-7n, 'is')).toEqual([1]);
    await expect(compute(large, 'is')).rejects.toMatchObject({
      code: 'ENGINE_RUN_FAILED',
      message: expect.stringContaining('integers of 32 bits only'),
    });
    await engine.dispose();
  });
});
