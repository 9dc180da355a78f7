import { expect, test } from 'vitest';
import { decodeAssignment, encodeAssignment } from './assignment.ts';
import { decodeJson, encodeJson } from './json-payload.ts';
import { readSums, sumsBlockBytes, writeSums } from './sums-block.ts';

test('an assignment comes back as it was sent', () => {
  const assignment = { kind: 'evaluate', epoch: 4, start: 128, end: 0xffffffff } as const;
  expect(decodeAssignment(encodeAssignment(assignment))).toEqual(assignment);
});

test.each([
  ['31 bytes', new Uint8Array(31), 'has 32 bytes, not 31'],
  ['an unknown kind', Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 2 : 0)), 'kind 2'],
  ['no samples', encodeAssignment({ kind: 'train', epoch: 0, start: 5, end: 5 }), 'holds none'],
  [
    'set reserved bytes',
    Uint8Array.from({ length: 32 }, (_, i) => (i === 31 || i === 12 ? 1 : 0)),
    'reserved',
  ],
])('an assignment with %s is malformed', (_, payload, problem) => {
  expect(() => decodeAssignment(payload)).toThrow(problem);
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
  const body = { worker: 'w1', numericsClass: 'onnx-cpu', lease: '1.2.x', wantsPlan: true };
  expect(decodeJson('JOIN', encodeJson('JOIN', body))).toEqual(body);
});

test.each([
  ['a missing field', '{"worker":"w","numericsClass":"n","wantsPlan":true}', 'wrong at lease'],
  ['an unknown field', '{"worker":"w","numericsClass":"n","lease":"l","wantsPlan":true,"x":1}', 'wrong at x'],
  [
    'a long secret',
    `{"worker":"w","numericsClass":"n","lease":"${'s'.repeat(300)}","wantsPlan":true}`,
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
