import { checkGradient, type Feeds } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
import type { CompiledModel } from './compile-model.ts';
import { dropoutMask } from './dropout-mask.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { viewOf } from './parameter-layout.ts';
import { eachRandomWord } from './random-stream.ts';
import { compiled, floats } from './reference.fixture.ts';

const samples = 3;

/** Normal-looking numbers in (−1, 1), another sequence for each stream. */
function noise(count: number, stream: number): number[] {
  const values: number[] = [];
  eachRandomWord(count, 7, 'initialization', [stream, 1, 0], (_, word) => {
    values.push(word / 2 ** 31 - 1);
  });
  return values;
}

/** Holds the gradient by every parameter of a whole model against finite differences in double precision. */
export function check(spec: unknown) {
  const model = compiled(spec);
  const trained = model.layout.entries.filter(({ trainable }) => trainable).map(({ name }) => name);
  return checkGradient(model.forward.training, 'loss', trained, feedsOf(model));
}

/** Parameters as they are initialised, states, noise for inputs, labels, masks. */
export function feedsOf(model: CompiledModel): Record<string, Feeds[string]> {
  const feeds: Record<string, Feeds[string]> = {};
  const parameters = initializeParameters(model.layout, 3);
  for (const [position, entry] of model.layout.entries.entries()) {
    const drawn = viewOf(parameters, entry);
    // Fresh biases are zero, where a Relu on an input of zeros would sit on its kink.
    const values = drawn.every((value) => value === 0) ? noise(entry.length, 100 + position) : [...drawn];
    feeds[entry.name] = floats(entry.shape, values);
  }
  model.inputs.forEach(({ name, dtype, shape, classes }, position) => {
    const sizes = [samples, ...shape];
    const values = noise(
      sizes.reduce((a, b) => a * b),
      position,
    );
    feeds[name] =
      dtype === 'float32'
        ? floats(sizes, values)
        : tensor(
            'int32',
            sizes,
            Int32Array.from(values, (_, index) => index % (classes ?? 2)),
          );
  });
  for (const { name, shape, rate, index } of model.randomInputs) {
    const mask = new Float32Array([samples, ...shape].reduce((a, b) => a * b));
    dropoutMask(mask, rate, index, { seed: 1, step: 0, microBatch: 0 });
    feeds[name] = tensor('float32', [samples, ...shape], mask);
  }
  return feeds;
}
