import { onnxOperations, renderShape } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel } from '@descent/models';
import { expect, test } from 'vitest';
import { type Methods, methods } from './operators.ts';
import { trace } from './trace.ts';
import type { Traced } from './traced.ts';
import type { Tracer } from './tracer.ts';

interface Symbols {
  /** [batch, 4, 6] */
  readonly x: Traced;
  /** [batch, 2, 8, 8] */
  readonly image: Traced;
  readonly t: Tracer;
}

type Example = (symbols: Symbols) => Traced;

/** Calls of every method: the shapes of the trace are held against those of the compiled graph. */
const examples: { readonly [Name in keyof Methods]: readonly Example[] } = {
  abs: [({ x }) => x.abs()],
  neg: [({ x }) => x.neg()],
  sign: [({ x }) => x.sign()],
  exp: [({ x }) => x.exp()],
  log: [({ x }) => x.log()],
  sqrt: [({ x }) => x.sqrt()],
  relu: [({ x }) => x.relu()],
  sigmoid: [({ x }) => x.sigmoid()],
  tanh: [({ x }) => x.tanh()],
  softplus: [({ x }) => x.softplus()],
  softsign: [({ x }) => x.softsign()],
  hardSwish: [({ x }) => x.hardSwish()],
  mish: [({ x }) => x.mish()],
  selu: [({ x }) => x.selu()],
  gelu: [({ x }) => x.gelu(), ({ x }) => x.gelu('tanh')],
  leakyRelu: [({ x }) => x.leakyRelu(), ({ x }) => x.leakyRelu(0.2)],
  elu: [({ x }) => x.elu(2)],
  hardSigmoid: [({ x }) => x.hardSigmoid(1 / 6, 0.5)],
  erf: [({ x }) => x.erf()],
  sin: [({ x }) => x.sin()],
  cos: [({ x }) => x.cos()],
  floor: [({ x }) => x.floor()],
  ceil: [({ x }) => x.ceil()],
  round: [({ x }) => x.round()],
  reciprocal: [({ x }) => x.reciprocal()],
  identity: [({ x }) => x.identity()],
  not: [({ x }) => x.greater(0).not().cast('float32')],

  add: [
    ({ x, t }) => x.add(t.constant([[1], [2], [3], [4]])),
    ({ x }) => x.mean([2], { keepDims: true }).add(x),
  ],
  sub: [({ x }) => x.sub(1)],
  mul: [
    ({ x }) =>
      x
        .at(1, 0)
        .mul(x.transpose([1, 0, 2]))
        .transpose([1, 0, 2]),
  ],
  div: [({ x }) => x.div(2)],
  pow: [({ x }) => x.pow(2)],
  maximum: [({ x }) => x.maximum(0)],
  minimum: [({ x, t }) => x.minimum(t.constant([1, 2, 3, 4, 5, 6]))],
  equal: [({ x }) => x.equal(0).cast('float32')],
  greater: [({ x }) => x.greater(0).cast('float32')],
  less: [({ x }) => x.less(0).cast('float32')],
  greaterOrEqual: [({ x }) => x.greaterOrEqual(0).cast('float32')],
  lessOrEqual: [({ x }) => x.lessOrEqual(0).cast('float32')],
  and: [({ x }) => x.less(1).and(x.greater(0)).cast('float32')],
  or: [({ x }) => x.less(0).or(x.greater(1)).cast('float32')],

  sum: [({ x }) => x.sum([1]), ({ x }) => x.sum([-1, 1], { keepDims: true })],
  mean: [({ x }) => x.mean([2]), ({ x }) => x.mean([1], { keepDims: true })],
  max: [({ x }) => x.max([1, 2]), ({ x }) => x.max([-2], { keepDims: true })],
  min: [({ x }) => x.min([1])],
  prod: [({ x }) => x.prod([2], { keepDims: true })],
  norm1: [({ x }) => x.norm1([1])],
  norm2: [({ x }) => x.norm2([-1])],
  logSumExp: [({ x }) => x.logSumExp([2])],
  cumSum: [({ x }) => x.cumSum(1)],
  layerNormalization: [
    ({ x, t }) => x.layerNormalization(t.parameter('scale', [6]), t.parameter('bias', [6])),
    ({ x, t }) => x.layerNormalization(t.parameter('scale', [4, 6]), undefined, { axis: 1, epsilon: 1e-3 }),
  ],
  batchNormalization: [
    ({ image, t }) =>
      image.batchNormalization({
        scale: t.parameter('scale', [2], { initializer: 'ones' }),
        bias: t.parameter('bias', [2]),
        mean: t.state('mean', [2]),
        variance: t.state('variance', [2], { initializer: 'ones', momentum: 0.99 }),
      }),
  ],
  softmax: [({ x }) => x.softmax(), ({ x }) => x.softmax(1)],
  logSoftmax: [({ x }) => x.logSoftmax()],
  argMax: [({ x }) => x.argMax().cast('float32'), ({ x }) => x.argMax(1, { keepDims: true }).cast('float32')],
  clip: [({ x }) => x.clip(-1, 1), ({ x }) => x.clip(0), ({ x }) => x.clip(undefined, 2)],

  matmul: [
    ({ x, t }) => x.matmul(t.constant([[1], [1], [1], [1], [1], [1]])),
    ({ x }) => x.matmul(x.transpose([0, 2, 1])),
    ({ x, t }) => x.matmul(t.constant([1, 1, 1, 1, 1, 1])),
  ],
  reshape: [
    ({ x }) => x.reshape(['batch', 24]),
    ({ x }) => x.reshape([-1, 6]).reshape(['batch', 4, 6]),
    ({ x }) => x.reshape(['batch', -1, 3]),
  ],
  flatten: [({ x }) => x.flatten(), ({ x }) => x.flatten(2).reshape(['batch', 4, 6])],
  transpose: [({ x }) => x.transpose([0, 2, 1]), ({ x }) => x.transpose().transpose()],
  squeeze: [({ x }) => x.slice(1, 0, 1).squeeze([1]), ({ x }) => x.slice(2, 0, 1).squeeze([-1])],
  unsqueeze: [({ x }) => x.unsqueeze([1]), ({ x }) => x.unsqueeze([1, -1])],
  slice: [({ x }) => x.slice(1, 1, 3), ({ x }) => x.slice(-1, -4, 100, 2), ({ x }) => x.slice(2, 0, -1)],
  at: [({ x }) => x.at(1, 2), ({ x }) => x.at(-1, -1)],
  gather: [
    ({ x, t }) =>
      x.gather(
        t.constant(
          [
            [0, 1],
            [2, 3],
          ],
          'int64',
        ),
        1,
      ),
    ({ x, t }) => t.parameter('table', [5, 3]).gather(x.argMax()),
  ],
  gatherElements: [({ x }) => x.gatherElements(x.argMax(1, { keepDims: true }), 1)],
  oneHot: [({ x }) => x.argMax().oneHot(6)],
  trilu: [({ x }) => x.trilu(), ({ x }) => x.trilu({ upper: false, k: -1 })],
  expand: [({ x }) => x.mean([1], { keepDims: true }).expand([4, 6])],
  pad: [({ x }) => x.pad([0, 1, 0, 0, 2, 0]), ({ x }) => x.pad([0, 0, 1, 0, 0, 1], -1)],
  where: [({ x }) => x.greater(0).where(x, 0), ({ x }) => x.greater(0).where(1, x)],
  cast: [({ x }) => x.cast('int64').cast('float32')],

  conv: [
    ({ image, t }) => image.conv(t.parameter('k', [5, 2, 3, 3]), t.parameter('c', [5])),
    ({ image, t }) => image.conv(t.parameter('k', [4, 2, 3, 3]), undefined, { strides: 2, pads: 'same' }),
    ({ image, t }) =>
      image.conv(t.parameter('k', [4, 1, 3, 2]), undefined, { group: 2, dilations: 2, pads: [1, 0, 1, 2] }),
  ],
  maxPool: [
    ({ image }) => image.maxPool([2, 2]),
    ({ image }) => image.maxPool([3, 3], { strides: 2, pads: 'same' }),
  ],
  averagePool: [({ image }) => image.averagePool([3, 2], { strides: [1, 2], pads: [1, 0, 1, 0] })],
  globalAveragePool: [({ image }) => image.globalAveragePool()],
};

const cases = Object.entries(examples).flatMap(([name, list]) =>
  list.map((example, index) => [`${name} (${index + 1})`, example] as const),
);

test.each(cases)('%s has the shapes that the compiled graph infers', (_, example) => {
  const seen: Traced[] = [];
  const spec = trace(
    { inputs: { x: [4, 6], image: [2, 8, 8] }, loss: 'meanSquaredError', labels: 'y' },
    (t, { x, image }) => {
      const one = t.parameter('one', [1]);
      const result = example({ x: x.mul(one), image: image.mul(one), t });
      seen.push(...result.recording.results);
      // Both inputs must count, or the spec is refused.
      return result.add(
        x
          .sum([1, 2])
          .add(image.sum([1, 2, 3]))
          .reshape(['batch', ...ones(result)]),
      );
    },
  );
  const { types } = compileModel(validate(ModelSpec, spec)).forward.inference;
  const written = new Set(spec.nodes?.map(({ name }) => name));
  for (const value of seen) {
    if (!written.has(value.name)) continue;
    expect
      .soft(renderShape(value.shape ?? ['unknown' as never]), value.name)
      .toBe(renderShape(types.get(value.name)!.shape));
    expect.soft(value.dtype, value.name).toBe(types.get(value.name)!.dtype);
  }
});

function ones({ shape = [] }: Traced): number[] {
  return shape.slice(1).map(() => 1);
}

test('every method records an operation that there is', () => {
  const recorded = new Set<string>();
  for (const [, example] of cases) {
    trace(
      { inputs: { x: [4, 6], image: [2, 8, 8] }, loss: 'meanSquaredError', labels: 'y' },
      (t, { x, image }) => {
        const result = example({ x, image, t });
        for (const { source } of result.recording.results)
          if (source.kind === 'node') recorded.add(source.op);
        return result;
      },
    );
  }
  expect([...recorded].filter((op) => !Object.hasOwn(onnxOperations, op))).toEqual([]);
  expect(Object.keys(examples).sort()).toEqual(Object.keys(methods).sort());
});
