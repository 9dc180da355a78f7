import { FlatMemory, gradientFormat } from '@descent/optimizers';
import { expect, test } from 'vitest';
import { createGradientSlot } from './gradient-slot.ts';
import { prefixBytes } from './sums.ts';

const elements = 32;
const format = gradientFormat({ topK: 0.25 }, { compressed: elements, elements })!;

function encodedSlot() {
  const { flat, received, scratch } = new FlatMemory({
    flat: { count: 2, length: elements },
    received: { count: 1, length: format.length, prefixBytes: prefixBytes(1) },
    scratch: { count: 1, length: format.scratchLength },
  }).buffers;
  const buffer = received[0]!;
  const send = (values: readonly number[]) => {
    flat[1]!.floats.fill(0);
    flat[1]!.floats.set(values);
    format.pack(buffer, flat[1]!, 0, scratch[0]);
  };
  const slot = createGradientSlot(flat[0]!, 1, { format, buffer });
  return { slot, buffer, send };
}

test('an encoded payload becomes the gradient when it is checked', () => {
  const { slot, buffer, send } = encodedSlot();
  expect(slot.payload).toBe(buffer.payload);
  send([1, -2, 3, 4]);
  slot.clear(0);
  slot.arrived(slot.payload.byteLength);
  expect(slot.check()).toBe('finite');
  expect([...slot.gradient.floats.subarray(0, 5)]).toEqual([1, -2, 3, 4, 0]);
});

test('what is not finite, and what no encoder makes, is told apart', () => {
  const { slot, buffer, send } = encodedSlot();
  send([1, Number.NaN]);
  expect(slot.check()).toBe('not-finite');
  send([1]);
  new Uint32Array(buffer.bytes.buffer, buffer.byteOffset)[0] = elements;
  expect(slot.check()).toBe('damaged');
  send([1]);
  slot.sums[1] = Number.POSITIVE_INFINITY;
  expect(slot.check()).toBe('not-finite');
});
