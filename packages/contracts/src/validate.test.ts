import { isDescentError } from '@descent/errors';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { explain } from './explain.ts';
import { type JobCreate, JobCreate as JobCreateSchema } from './job.ts';
import { validate } from './validate.ts';

function job(): JobCreate {
  return {
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers: [{ type: 'flatten' }, { type: 'dense', units: 10, name: 'logits' }],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: {
      dataset: 'builtin:mnist',
      validation: { split: 'test' },
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 0.5 } } },
    },
    training: { epochs: 3, batchSize: 128, optimizer: { type: 'sgd', learningRate: 0.1 } },
  };
}

/** The job with one field set to something else; `undefined` removes it. */
function withField(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(job());
  let parent = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>;
  parent[path.at(-1) ?? ''] = value;
  return copy;
}

function refusal(value: unknown): { code: string; message: string; details: Record<string, unknown> } {
  try {
    validate(JobCreateSchema, value);
  } catch (error) {
    if (isDescentError(error)) return { code: error.code, message: error.message, details: error.details };
    throw error;
  }
  throw new Error('the value was accepted');
}

describe('validate', () => {
  it('returns a value that fits, unchanged', () => {
    const value = job();
    expect(validate(JobCreateSchema, value)).toBe(value);
  });

  const layers = ['model', 'layers'];
  const optimizer = ['training', 'optimizer'];
  it.each([
    [
      [...optimizer, 'learningRate'],
      -0.1,
      'training.optimizer.learningRate: must be greater than 0, got -0.1',
    ],
    [[...optimizer, 'learningRate'], 'abc', 'training.optimizer.learningRate: must be a number, got "abc"'],
    [[...optimizer, 'learningRate'], undefined, 'training.optimizer.learningRate: is missing'],
    [
      ['training', 'compression'],
      'int9',
      'training.compression: must be one of "none", "bf16", "int8", got "int9"; did you mean "int8"?',
    ],
    [['training', 'compression'], 8, 'training.compression: must be a string or an object, got 8'],
    [['training', 'compression'], { topK: 2 }, 'training.compression.topK: must be at most 1, got 2'],
    [
      ['training', 'compression'],
      { topk: 0.1 },
      'training.compression.topk: is not a known field; did you mean "topK"?',
    ],
    [['training', 'synchronization'], 'async', 'training.synchronization: must be "sync", got "async"'],
    [
      ['training', 'synchronization'],
      { mode: 'locl', localSteps: 4 },
      'training.synchronization.mode: there is no synchronization mode "locl"; did you mean "local"?',
    ],
    [['training', 'synchronization'], { mode: 'local' }, 'training.synchronization.localSteps: is missing'],
    [
      ['training', 'synchronization'],
      { mode: 'local', localSteps: 0 },
      'training.synchronization.localSteps: must be at least 1, got 0',
    ],
    [
      [...optimizer, 'learningrate'],
      1,
      'training.optimizer.learningrate: is not a known field; did you mean "learningRate"?',
    ],
    [[...optimizer, 'momentum'], 1, 'training.optimizer.momentum: must be less than 1, got 1'],
    [
      [...optimizer, 'type'],
      undefined,
      'training.optimizer.type: is missing; give one of "sgd", "adam", "adamw"',
    ],
    [
      [...optimizer, 'type'],
      'adma',
      'training.optimizer.type: there is no optimizer type "adma"; did you mean "adam"?',
    ],
    [[...optimizer, 'type'], 7, 'training.optimizer.type: must be one of "sgd", "adam", "adamw", got 7'],
    [optimizer, 'sgd', 'training.optimizer: must be an object, got "sgd"'],
    [['training', 'batchSize'], 0, 'training.batchSize: must be at least 1, got 0'],
    [['training', 'batchSize'], 1.5, 'training.batchSize: must be an integer, got 1.5'],
    [['training', 'epochs'], Number.NaN, 'training.epochs: must be a finite number, got NaN'],
    [['training', 'seed'], -0, 'training.seed: must not be negative zero; write 0'],
    [['training'], undefined, 'training: is missing'],
    [['colour'], 'red', 'colour: is not a known field'],
    [[...layers], {}, 'model.layers: must be an array, got an object'],
    [[...layers, 1, 'units'], undefined, 'model.layers[1].units: is missing'],
    [[...layers, 1, 'units'], Infinity, 'model.layers[1].units: must be a finite number, got Infinity'],
    [[...layers, 1, 'unit'], 3, 'model.layers[1].unit: is not a known field; did you mean "units"?'],
    [
      [...layers, 1, 'activation'],
      'rulu',
      'model.layers[1].activation: must be one of "linear", "relu", "sigmoid", "tanh", "softmax", "relu6", "leakyRelu", "elu", "selu", "gelu", "silu", "swish", "mish", "softplus", "softsign", "hardSigmoid", "hardSwish", "exponential", got "rulu"; did you mean "relu"?',
    ],
    [[...layers, 0], null, 'model.layers[0]: must be an object, got null'],
    [
      [...layers, 0],
      { type: 'maxPool2d', poolSize: [2] },
      'model.layers[0].poolSize: must have at least 2 elements, got 1',
    ],
    [
      [...layers, 0],
      { type: 'maxPool2d', poolSize: '2' },
      'model.layers[0].poolSize: must be an integer or an array, got "2"',
    ],
    [
      ['model', 'inputs', 'a/b'],
      { shape: [] },
      'model.inputs["a/b"]: is not a valid name; names match ^[^/\\u0000-\\u001f]{1,64}$',
    ],
    [['model', 'loss'], [], 'model.loss: must have at least 1 element, got 0'],
    [
      ['data', 'dataset'],
      'mnist',
      'data.dataset: must be the id of a data set, ds_… or builtin:…, or its name@version; name@latest is the last one that is ready, got "mnist"',
    ],
    [['data', 'validation'], { ratio: 2 }, 'data.validation.ratio: must be at most 0.9, got 2'],
    [
      ['data', 'inputs', 'image', 'transform'],
      { type: 'scal' },
      'data.inputs.image.transform.type: there is no transform type "scal"; did you mean "scale"?',
    ],
  ])('at %j, %j is refused in words', (path, value, message) => {
    expect(refusal(withField(path, value))).toMatchObject({ code: 'REQUEST_INVALID', message });
  });

  it('names an unknown layer type, the layer and the nearest type', () => {
    expect(refusal(withField(['model', 'layers', 1], { type: 'dens', name: 'hidden' }))).toEqual({
      code: 'SPEC_UNKNOWN_LAYER',
      message: 'model.layers[1].type: there is no layer type "dens"; did you mean "dense"?',
      details: {
        path: 'model.layers[1].type',
        problem: 'there is no layer type "dens"; did you mean "dense"?',
        layer: 'hidden',
        type: 'dens',
        didYouMean: 'dense',
      },
    });
    expect(refusal(withField(['model', 'layers', 1], { type: 'wobble' })).details).toMatchObject({
      layer: 'layers[1]',
      type: 'wobble',
    });
  });

  it('refuses prototype keys, class instances, functions and deep nesting', () => {
    expect(refusal(JSON.parse('{"__proto__":{"admin":true}}')).message).toBe(
      '__proto__: is not allowed as the name of a field',
    );
    expect(refusal({ name: new Date(0) }).message).toBe('name: must be a plain JSON object');
    expect(refusal({ name: () => 1 }).message).toBe('name: must be JSON, not function');
    const cyclic: Record<string, unknown> = {};
    cyclic.a = cyclic;
    expect(refusal(cyclic).message).toBe('a.a.a.a.a.a.a.a: is nested deeper than 64 levels');
    expect(refusal({ name: new Array(3_000_000).fill(0) }).message).toBe(
      'request: holds more than 2000000 values',
    );
  });

  it('puts the place of a part in front of its paths', () => {
    expect(() => validate(JobCreateSchema, null, ['jobs', 3])).toThrow(
      'jobs[3]: must be an object, got null',
    );
  });

  it('never quotes a long value in full', () => {
    expect(refusal(withField(['training', 'epochs'], 'x'.repeat(10_000))).message.length).toBeLessThan(120);
  });

  it('explains exactly what TypeBox refuses', () => {
    const strange = fc.oneof(
      fc.constantFrom<unknown>(
        -1,
        0,
        1.5,
        1e9,
        '',
        'dense',
        'relu',
        null,
        true,
        [],
        {},
        [1],
        [1, 2],
        undefined,
      ),
      fc.jsonValue(),
    );
    const path = fc.constantFrom(
      ...[
        'model',
        'model.inputs',
        'model.inputs.image',
        'model.layers',
        'model.layers.0',
        'model.layers.1.units',
        'model.layers.1.name',
        'model.loss.labels',
        'data.validation',
        'data.inputs.image.columns',
        'data.inputs.image.transform',
        'training.schedule',
        'training.optimizer.momentum',
        'maxWorkers',
        'unknown',
      ].map((dotted) => dotted.split('.')),
    );
    fc.assert(
      fc.property(path, strange, (path, value) => {
        const candidate = withField(path, value);
        expect(explain(JobCreateSchema, candidate) === undefined).toBe(
          Value.Check(JobCreateSchema, candidate),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('answers any garbage with a DescentError', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
        (value) => {
          expect(refusal(value).code).toMatch(/^REQUEST_INVALID$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
