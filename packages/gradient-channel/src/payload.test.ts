import { expect, test } from 'vitest';
import { decodeAssignment, encodeAssignment } from './assignment.ts';
import { decodeJson, encodeJson } from './json-payload.ts';
import { readSums, sumsBlockBytes, writeSums } from './sums-block.ts';
import { readTimings, timingsBytes, writeTimings } from './timings-block.ts';

test('an assignment comes back as it was sent', () => {
  const assignment = { kind: 'evaluate', epoch: 4, bounds: [128, 200, 0xffffffff] } as const;
  expect(decodeAssignment(encodeAssignment(assignment), 2)).toEqual(assignment);
});

test.each([
  ['31 bytes', new Uint8Array(31), 1, 'for 1 micro-batches has 16 bytes, not 31'],
  ['bounds of another count', encodeAssignment({ kind: 'train', epoch: 0, bounds: [0, 4, 8] }), 1, 'not 20'],
  ['no micro-batch', encodeAssignment({ kind: 'train', epoch: 0, bounds: [4] }), 0, 'for 0 micro-batches'],
  ['an unknown kind', Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 2 : 0)), 1, 'kind 2'],
  ['no samples', encodeAssignment({ kind: 'train', epoch: 0, bounds: [1, 5, 5] }), 2, 'holds none'],
])('an assignment with %s is malformed', (_, payload, count, problem) => {
  expect(() => decodeAssignment(payload, count)).toThrow(problem);
});

test('timings come back as f32, and what cannot be a duration is 0', () => {
  const target = new Uint8Array(timingsBytes + 1).fill(0xff);
  const timings = { wait: 0, pull: 1.5, data: 0.25, compute: 40, sum: 2 };
  writeTimings(target, timings);
  expect(readTimings(target)).toEqual(timings);
  expect([...target.subarray(20)]).toEqual([...new Array(44).fill(0), 0xff]);
  writeTimings(target, { ...timings, wait: -1, pull: Number.NaN, compute: Number.POSITIVE_INFINITY });
  expect(readTimings(target)).toEqual({ ...timings, wait: 0, pull: 0, compute: 0 });
});

test('the sums block is padded to 64 bytes', () => {
  expect([0, 1, 6, 7, 14, 15].map(sumsBlockBytes)).toEqual([64, 64, 64, 128, 128, 192]);
});

test('sums come back with every bit, and the padding is zero', () => {
  const target = new Uint8Array(130).fill(0xff).subarray(1);
  const sums = { samples: 128, loss: 0.1 + 0.2, metrics: [-0, Number.MIN_VALUE] };
  writeSums(target, sums);
  expect(readSums(target, 2)).toEqual(sums);
  expect([...target.subarray(32, 64)]).toEqual(new Array(32).fill(0));
  expect(target[64]).toBe(0xff);
});

test('a JSON payload comes back as it was sent', () => {
  const body = { worker: 'w1', numericsClass: 'onnx-cpu', lease: '1.2.x', wantsPlan: true, holds: 2 };
  expect(decodeJson('JOIN', encodeJson('JOIN', body))).toEqual(body);
});

test.each([
  ['a missing field', '{"worker":"w","numericsClass":"n","wantsPlan":true,"holds":2}', 'wrong at lease'],
  [
    'an unknown field',
    '{"worker":"w","numericsClass":"n","lease":"l","wantsPlan":true,"holds":2,"x":1}',
    'wrong at x',
  ],
  [
    'a long secret',
    `{"worker":"w","numericsClass":"n","lease":"${'s'.repeat(300)}","wantsPlan":true,"holds":2}`,
    'lease',
  ],
  ['half a document', '{"worker":', 'not JSON'],
  ['nothing', '', 'not JSON'],
])('a JOIN with %s is malformed by name and without its values', (_, text, problem) => {
  const decode = () => decodeJson('JOIN', Buffer.from(text));
  expect(decode).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
  expect(decode).toThrow(problem);
  expect(decode).not.toThrow('sss');
});

test('bytes that are not UTF-8 are malformed', () => {
  expect(() => decodeJson('LEAVE', Buffer.from('7b22726561736f6e223a22ff227d', 'hex'))).toThrow(
    'not JSON in UTF-8',
  );
});
