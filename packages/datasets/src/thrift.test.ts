import { expect, test } from 'vitest';
import { structEnd } from './thrift.ts';

const end = (...bytes: number[]) => structEnd(new DataView(Uint8Array.from(bytes).buffer), 0);
/** Field 1 of the type; its value follows. */
const field = (type: number) => 0x10 | type;

test('walks every type to the end of the struct', () => {
  expect(end(0)).toBe(1);
  expect(end(field(1), field(2), 0, 9)).toBe(3);
  expect(end(field(3), 7, 0)).toBe(3);
  expect(end(field(5), 0x80, 0x01, 0)).toBe(4);
  expect(end(field(7), 1, 2, 3, 4, 5, 6, 7, 8, 0)).toBe(10);
  expect(end(field(8), 2, 65, 66, 0)).toBe(5);
  expect(end(field(9), 0x23, 1, 2, 0)).toBe(5);
  expect(end(field(9), 0xf3, 2, 1, 2, 0)).toBe(6);
  expect(end(field(12), field(3), 1, 0, 0)).toBe(5);
  // A field with a number of its own.
  expect(end(0x05, 0x20, 0x02, 0)).toBe(4);
});

test.each([
  ['without an end', [field(3), 7]],
  ['a text that ends outside', [field(8), 5, 65, 0]],
  ['a text whose length is negative as 32 bits', [field(8), 0xff, 0xff, 0xff, 0xff, 0x0f, 0]],
  ['a list of 2^31 elements', [field(9), 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0]],
  ['an endless number', [field(5), ...new Array<number>(11).fill(0x80), 0]],
  ['an unknown type', [field(11), 0, 0]],
  ['structs in structs', [...new Array<number>(40).fill(field(12)), ...new Array<number>(41).fill(0)]],
  ['lists in lists', [field(9), ...new Array<number>(40).fill(0x19), 0, 0]],
])('refuses %s', (_, bytes) => {
  expect(() => end(...bytes)).toThrow(RangeError);
});
