import { peakMemory } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { createOnnxEngine, type ElementArray, type Engine, type Port } from '@descent/engines';
import { compileModel, initializeParameters, trainingGraph, viewOf } from '@descent/models';
import { arrayOf } from '@descent/tensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const loss = { type: 'softmaxCrossEntropy', labels: 'label' };
const convolution = { type: 'conv2d', filters: 8, kernelSize: 3, padding: 'same' };
const specs = {
  'a CNN with batch normalisation and dropout': {
    inputs: { image: { shape: [12, 12, 1] } },
    layers: [
      ...[1, 2, 3, 4].flatMap((block) => [
        { ...convolution, name: `conv${block}` },
        { type: 'batchNormalization', name: `norm${block}` },
        { type: 'activation', name: `relu${block}`, activation: 'relu' },
      ]),
      { type: 'dropout', name: 'drop', rate: 0.25 },
      { type: 'flatten' },
      { type: 'dense', name: 'logits', units: 5 },
    ],
    loss,
  },
  'a tower of dense layers': {
    inputs: { x: { shape: [48] } },
    layers: [
      ...Array.from({ length: 9 }, (_, index) => ({
        type: 'dense',
        name: `hidden${index}`,
        units: 48,
        activation: index % 2 === 0 ? 'tanh' : 'gelu',
      })),
      { type: 'dense', name: 'logits', units: 5 },
    ],
    loss,
  },
};

let engine: Engine;
beforeAll(async () => {
  engine = await createOnnxEngine();
});
afterAll(() => engine.dispose());

const compiled = (spec: object) => compileModel(validate(ModelSpec, spec, ['model']));

/** Every output of one training step, bit by bit. */
async function bitsOf(spec: object, batch: number): Promise<Record<string, string>> {
  const model = compiled(spec);
  const flat = initializeParameters(model.layout, 5);
  const program = await engine.compile(trainingGraph(model), { batch });
  const inputOf = ({ name, dtype, elements }: Port): ElementArray => {
    const entry = model.layout.entries.find((one) => one.name === name);
    if (entry !== undefined) return viewOf(flat, entry);
    const values = arrayOf(dtype, elements);
    const wave = (index: number) => Math.sin(index * 1.3 + elements);
    for (let index = 0; index < elements; index += 1) {
      values[index] =
        name === 'label' ? index % 5 : name.endsWith('/mask') ? Number(wave(index) > -0.5) : wave(index);
    }
    return values as ElementArray;
  };
  const outputs = new Map(
    program.outputs.map(({ name, dtype, elements }) => [name, arrayOf(dtype, elements) as ElementArray]),
  );
  await program
    .bind({ inputs: new Map(program.inputs.map((port) => [port.name, inputOf(port)])), outputs })
    .run();
  await program.release();
  const hex = ({ buffer, byteOffset, byteLength }: ElementArray) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('hex');
  return Object.fromEntries([...outputs].map(([name, values]) => [name, hex(values)]));
}

describe.each(Object.entries(specs))('%s that recomputes parts of its forward pass', (_, spec) => {
  const named = spec.layers.flatMap((layer) =>
    'name' in layer && layer.name !== 'logits' ? [layer.name] : [],
  );

  test.each([
    ['chosen by itself', 'auto'],
    ['named one by one', named],
  ])('has the same bits, %s', async (_, checkpointing) => {
    const frugal = { ...spec, checkpointing };
    expect(trainingGraph(compiled(frugal)).nodes.length).toBeGreaterThan(
      trainingGraph(compiled(spec)).nodes.length,
    );
    expect(await bitsOf(frugal, 7)).toEqual(await bitsOf(spec, 7));
  });

  test('needs less memory', () => {
    const bytes = (checkpointing: object) =>
      peakMemory(trainingGraph(compiled({ ...spec, ...checkpointing })), 64);
    expect(bytes({ checkpointing: 'auto' })).toBeLessThan(0.9 * bytes({}));
  });
});
