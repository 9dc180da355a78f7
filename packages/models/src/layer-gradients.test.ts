import { type LayerSpec, layerSchemas } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { check } from './gradient.fixture.ts';
import { layerCases } from './layer-cases.fixture.ts';

const named = layerCases.map(([shape, ...layers]) => ({ shape, layers, text: JSON.stringify(layers) }));

describe('the gradient through a layer agrees with finite differences', () => {
  it.each(named)('$text of $shape', ({ shape, layers }) => {
    const front = { type: 'dense', name: 'front', units: shape.at(-1) };
    const spec = {
      inputs: { x: { shape } },
      layers: [front, ...layers],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  const pair = (join: LayerSpec) => ({
    inputs: { x: { shape: [2, 3] } },
    layers: [
      { type: 'dense', name: 'a', units: 3, inputs: ['x'] },
      { type: 'dense', name: 'b', units: 3, inputs: ['x'] },
      { ...join, inputs: ['a', 'b'] },
    ],
    loss: { type: 'meanSquaredError', labels: 'y' },
  });
  const joins: readonly LayerSpec[] = [
    { type: 'add' },
    { type: 'subtract' },
    { type: 'multiply' },
    { type: 'average' },
    { type: 'maximum' },
    { type: 'minimum' },
    { type: 'concat', axis: 0 },
    { type: 'dot' },
    { type: 'dot', axes: [0, 0], normalize: true },
    { type: 'multiHeadAttention', heads: 1 },
  ];
  it.each(joins)('$type of two', (join) => {
    expect(check(pair(join))).toMatchObject({ passed: true });
  });

  it('an embedding, with a padding mask, and attention to another sequence', () => {
    const spec = {
      inputs: { words: { shape: [4], dtype: 'int32' }, mask: { shape: [4], dtype: 'int32' } },
      layers: [
        { type: 'embedding', name: 'e', vocabulary: 5, units: 4, inputs: ['words'] },
        { type: 'transformerBlock', name: 't', heads: 2, mask: 'mask' },
        { type: 'cropping1d', name: 'query', cropping: [0, 2] },
        { type: 'multiHeadAttention', heads: 2, inputs: ['query', 't', 'e'], mask: 'mask' },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  it('a function that is used twice, in one of them twice again', () => {
    const spec = {
      inputs: { left: { shape: [3] }, right: { shape: [3] } },
      functions: {
        encode: {
          layers: [
            { type: 'dense', units: 3, activation: 'tanh' },
            { type: 'call', function: 'scale' },
          ],
        },
        scale: { layers: [{ type: 'dense', units: 3, useBias: false }, { type: 'batchNormalization' }] },
      },
      layers: [
        { type: 'call', name: 'a', function: 'encode', inputs: ['left'] },
        { type: 'call', name: 'b', function: 'encode', inputs: ['right'] },
        { type: 'call', name: 'c', function: 'scale', inputs: ['b'] },
        { type: 'subtract', inputs: ['a', 'c'] },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  it('every layer type is among them', () => {
    const text = JSON.stringify([layerCases, joins]);
    const elsewhere = ['embedding', 'call'];
    const missing = Object.keys(layerSchemas).filter((type) => !text.includes(`"type":"${type}"`));
    expect(missing).toEqual(elsewhere);
  });
});
