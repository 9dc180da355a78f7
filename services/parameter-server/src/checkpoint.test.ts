import { createHash } from 'node:crypto';
import type { ParameterLayout } from '@descent/models';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, encodeWeights } from './checkpoint.ts';
import type { StartPoint } from './training-state.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const graphHash = 'a'.repeat(64);
const ledgerHash = 'b'.repeat(64);
const common = { initializer: 'zeros', trainable: true } as const;
const layout: ParameterLayout = {
  entries: [
    { ...common, name: 'dense.weight', shape: [2, 3], offset: 0, length: 6 },
    { ...common, name: 'dense.bias', shape: [3], offset: 16, length: 3 },
  ],
  elements: 32,
  trainableElements: 32,
  gradientElements: 32,
};

/** Elements of every parameter count up from `first`, in flat order; zeros between them. */
function flat(first: number): Float32Array {
  const values = new Float32Array(layout.elements);
  let value = first;
  for (const { offset, length } of layout.entries)
    for (let index = 0; index < length; index++) values[offset + index] = value++;
  return values;
}

const state: StartPoint = {
  version: 12,
  ledgerHash,
  evaluated: { version: 12, values: { loss: 0.1, accuracy: 0.75 } },
  parameters: flat(0.1),
  slots: new Map([
    ['firstMoment', flat(1e-30)],
    ['secondMoment', flat(-7)],
  ]),
};
const file = encodeCheckpoint(layout, graphHash, state);
const decode = (bytes: Uint8Array, expected = { jobId, step: 12 }) =>
  decodeCheckpoint(layout, graphHash, expected, bytes);

/** The same file with its content changed. */
function rewritten(
  change: (tensors: Map<string, Tensor>, metadata: Record<string, string>) => void,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  const [copied, described] = [new Map(tensors), { ...metadata }];
  change(copied, described);
  return encodeSafetensors(copied, described);
}

test('parameters, slots, ledger and validation come back with equal bits', () => {
  const special = flat(1);
  special.set([-0, 2 ** -149, 3.4028234663852886e38, Number.NaN, Number.NEGATIVE_INFINITY]);
  const given = { ...state, slots: new Map([['velocity', special]]) };
  const found = decode(encodeCheckpoint(layout, graphHash, given));
  expect(found).toEqual(given);
  const bits = (values: Float32Array | undefined) =>
    values && [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
  expect(bits(found.slots?.get('velocity'))).toEqual(bits(special));
  expect(Object.is(found.slots?.get('velocity')?.[0], -0)).toBe(true);
});

test('a state without slots and without scores comes back so', () => {
  const given = { ...state, evaluated: undefined, slots: undefined };
  expect(decode(encodeCheckpoint(layout, graphHash, given))).toEqual({ ...given, slots: new Map() });
});

test('a state of the model is kept with the parameters and has no optimizer slots', () => {
  const [weight, bias] = layout.entries;
  const withState: ParameterLayout = {
    ...layout,
    entries: [weight!, { ...bias!, name: 'norm.mean', trainable: false, momentum: 0.9 }],
    trainableElements: 16,
  };
  const slots = new Map([['velocity', flat(3).slice(0, 16)]]);
  const encoded = encodeCheckpoint(withState, graphHash, { ...state, slots });
  expect([...decodeSafetensors(encoded).tensors.keys()]).toEqual([
    'parameters/dense.weight',
    'parameters/norm.mean',
    'slots/velocity/dense.weight',
  ]);
  const decoded = decodeCheckpoint(withState, graphHash, { jobId, step: 12 }, encoded);
  expect(decoded).toEqual({ ...state, slots });
});

test('scores of an older version are not those of this checkpoint', () => {
  const given = { ...state, evaluated: { version: 11, values: { loss: 1 } } };
  expect(decode(encodeCheckpoint(layout, graphHash, given)).evaluated).toBeUndefined();
});

test('the file holds every tensor in its shape, and what the next server needs', () => {
  const { tensors, metadata } = decodeSafetensors(file);
  expect([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
    ['parameters/dense.bias', 'float32', [3]],
    ['parameters/dense.weight', 'float32', [2, 3]],
    ['slots/firstMoment/dense.bias', 'float32', [3]],
    ['slots/firstMoment/dense.weight', 'float32', [2, 3]],
    ['slots/secondMoment/dense.bias', 'float32', [3]],
    ['slots/secondMoment/dense.weight', 'float32', [2, 3]],
  ]);
  expect(metadata).toEqual({
    step: '12',
    ledgerHash,
    graphHash,
    validation: '{"loss":0.1,"accuracy":0.75}',
  });
});

test('equal weights give equal bytes, and what lies between parameters does not count', () => {
  const padded = flat(0.1);
  padded[10] = 99;
  padded[31] = 99;
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(sha256(encodeWeights(layout, padded))).toBe(sha256(encodeWeights(layout, flat(0.1))));
  expect(sha256(encodeWeights(layout, flat(0.2)))).not.toBe(sha256(encodeWeights(layout, flat(0.1))));
});

test('the weights file holds the parameters alone, under their names', () => {
  const { tensors, metadata } = decodeSafetensors(encodeWeights(layout, flat(1)));
  expect(metadata).toEqual({});
  expect([...tensors].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
    ['dense.bias', [3], [7, 8, 9]],
    ['dense.weight', [2, 3], [1, 2, 3, 4, 5, 6]],
  ]);
});

test.each<[what: string, damaged: Uint8Array, problem: string]>([
  ['an empty file', new Uint8Array(), 'it is not a safetensors file'],
  ['text', Buffer.from('<html>502 Bad Gateway</html>'), 'it is not a safetensors file'],
  ['a file cut within its header', file.subarray(0, 40), 'it is not a safetensors file'],
  ['a file without its last byte', file.subarray(0, -1), 'it is not a safetensors file'],
  ['a file with a byte too many', Buffer.concat([file, Buffer.alloc(1)]), 'it is not a safetensors file'],
  ['another graph', encodeCheckpoint(layout, 'c'.repeat(64), state), 'it belongs to another graph'],
  ['a weights file', encodeWeights(layout, state.parameters), 'it belongs to another graph'],
  ['another step', encodeCheckpoint(layout, graphHash, { ...state, version: 13 }), 'it says step 13'],
  ['no ledger hash', rewritten((_, metadata) => void delete metadata.ledgerHash), 'it has no ledger hash'],
  [
    'scores that are no JSON',
    rewritten((_, metadata) => Object.assign(metadata, { validation: '{"loss":' })),
    'its validation scores are not JSON',
  ],
  [
    'a parameter missing',
    rewritten((tensors) => tensors.delete('parameters/dense.bias')),
    'tensor parameters/dense.bias is missing or has another size',
  ],
  [
    'a parameter of another size',
    rewritten((tensors) => tensors.set('parameters/dense.bias', tensor('float32', [4], new Float32Array(4)))),
    'tensor parameters/dense.bias is missing or has another size',
  ],
  [
    'a parameter of another dtype',
    rewritten((tensors) => tensors.set('parameters/dense.bias', tensor('int32', [3], new Int32Array(3)))),
    'tensor parameters/dense.bias is missing or has another size',
  ],
  [
    'a slot that lacks a parameter',
    rewritten((tensors) => tensors.delete('slots/secondMoment/dense.weight')),
    'tensor slots/secondMoment/dense.weight is missing or has another size',
  ],
])('%s is refused as damaged, and the problem is named', (_, damaged, problem) => {
  expect(() => decode(damaged)).toThrow(
    expect.objectContaining({ code: 'CHECKPOINT_DAMAGED', details: { jobId, step: 12, problem } }),
  );
});
