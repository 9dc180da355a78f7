import { onnxOperations } from '@descent/autodiff';
import { isDescentError } from '@descent/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainingGraph } from './graphs.ts';
import { compiled } from './reference.fixture.ts';

describe('any spec at all', () => {
  const size = fc.constantFrom(1, 2, 3, 4, 65_536);
  const shape = fc.oneof(
    fc.constantFrom([2], [4], [2, 2], [4, 4, 1], [2, 2, 3], [1, 1, 1]),
    fc.array(fc.oneof(size, fc.constant(2 ** 31 - 1)), { maxLength: 4 }),
  );
  const layerOf = (type: string, fields: Record<string, fc.Arbitrary<unknown>> = {}) =>
    fc.record<Record<string, unknown>>({ type: fc.constant(type), ...fields });
  const dense = { type: 'dense', units: 2 };
  const padding = fc.constantFrom('same', 'valid');
  const layer = fc.oneof(
    layerOf('dense', { units: size, activation: fc.constantFrom('relu', 'softmax', 'tanh', 'linear') }),
    layerOf('conv2d', { filters: size, kernelSize: size, strides: size, padding }),
    layerOf('maxPool2d', { poolSize: size, padding }),
    layerOf('averagePool2d', { poolSize: size, strides: size, padding }),
    layerOf('globalAveragePool2d'),
    layerOf('conv1d', {
      filters: size,
      kernelSize: size,
      padding: fc.constantFrom('causal', 'same'),
      groups: size,
    }),
    layerOf('conv2dTranspose', { filters: size, kernelSize: size, strides: size, padding }),
    layerOf('depthwiseConv2d', { kernelSize: size, dilationRate: size, padding }),
    layerOf('upSampling2d', { size }),
    layerOf('zeroPadding1d', { padding: size }),
    layerOf('cropping2d', { cropping: size }),
    layerOf('permute', { dims: fc.constantFrom([], [0], [1, 0], [2, 0, 1]) }),
    layerOf('repeatVector', { times: size }),
    layerOf('dot'),
    layerOf('maximum'),
    layerOf('batchNormalization'),
    layerOf('groupNormalization', { groups: size }),
    layerOf('layerNormalization'),
    layerOf('embedding', { vocabulary: size, units: size }),
    layerOf('positionalEmbedding', { kind: fc.constantFrom('learned', 'sinusoidal') }),
    layerOf('lstm', { units: size, bidirectional: fc.boolean(), returnSequences: fc.boolean() }),
    layerOf('gru', { units: size }),
    layerOf('multiHeadAttention', { heads: size, causal: fc.boolean() }),
    layerOf('transformerBlock', { heads: size, dropout: fc.constantFrom(0, 0.5) }),
    layerOf('residual', { layers: fc.constantFrom([dense], [{ type: 'softmax' }]) }),
    layerOf('repeat', { times: size, layers: fc.constantFrom([dense], [{ type: 'layerNormalization' }]) }),
    layerOf('flatten'),
    layerOf('reshape', { shape }),
    layerOf('dropout', { rate: fc.constantFrom(0, 0.5) }),
    layerOf('add'),
    layerOf('concat', { axis: fc.integer({ min: -5, max: 5 }) }),
  );
  const node = fc.record<Record<string, unknown>>({
    op: fc.oneof(
      fc.constantFrom(...Object.keys(onnxOperations)),
      fc.constantFrom('toString', 'ReluGrad', 'matmul'),
    ),
    attributes: fc.dictionary(
      fc.constantFrom('axis', 'perm', 'to', 'keepdims', 'strides', 'kernel_shape', 'pads', 'group'),
      fc.oneof(fc.integer(), fc.constant('float32'), fc.array(fc.integer({ min: -9, max: 9 }))),
    ),
  });
  const spec = fc
    .record({
      shape,
      dtype: fc.constantFrom('float32', 'float32', 'int32'),
      layers: fc.array(layer, { maxLength: 3 }),
      nodes: fc.array(node, { maxLength: 2 }),
      chained: fc.boolean(),
      wires: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), { minLength: 5, maxLength: 5 }),
      values: fc.boolean(),
      type: fc.constantFrom('softmaxCrossEntropy', 'sigmoidCrossEntropy', 'meanSquaredError'),
    })
    .map(({ shape, dtype, layers, nodes, chained, wires, values, type }) => {
      const parts = [...layers, ...nodes];
      const names = ['x', ...parts.map((_, index) => `v${index}`), ...(values ? ['w', 'k', ''] : [])];
      // Chains come further; parts that are wired at random have circles and dead ends.
      const wired = parts.map((part, index) => {
        const read = wires[index]!.map((wire) => names[wire % names.length]);
        const inputs = chained ? [names[index], ...('op' in part ? read.slice(1) : [])] : read;
        return { ...part, name: `v${index}`, inputs };
      });
      return {
        inputs: { x: { shape, dtype } },
        layers: [...wired.slice(0, layers.length), ...(chained && nodes.length === 0 ? [dense] : [])],
        nodes: wired.slice(layers.length),
        ...(values && { parameters: { w: { shape } } }),
        ...(values && { constants: { k: { shape: [2], values: [1, 70_000], dtype: 'int64' } } }),
        loss: { type, labels: 'y' },
      };
    });

  it('compiles or is refused with a DescentError', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(spec, (candidate) => {
        let outcome = 'compiled';
        try {
          trainingGraph(compiled(candidate));
        } catch (error) {
          if (!isDescentError(error)) throw error;
          outcome = error.code;
        }
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 1_500 },
    );
    // The specs reach every stage of the compiler, or the test would show nothing.
    for (const stage of [
      'compiled',
      'SPEC_UNUSED',
      'SPEC_SHAPE_MISMATCH',
      'SPEC_NODE_INVALID',
      'SPEC_CYCLE',
    ]) {
      expect(seen.get(stage), stage).toBeGreaterThan(0);
    }
  });
});
