import { DescentError } from '@descent/errors';
import { describe, expect, it } from 'vitest';
import { FlatMemory, flatMemoryBytes, maximumMemoryBytes } from './flat-memory.ts';
import { addInto } from './reduce.ts';

describe('the memory of a training job', () => {
  it('gives every buffer its own zeros at an address that is a multiple of 64', () => {
    const { buffers } = new FlatMemory({
      parameters: { count: 2, length: 17 },
      gradients: { count: 3, length: 1 },
    });
    const all = [...buffers.parameters, ...buffers.gradients];
    // 17 floats are 68 bytes: two units of 64. The first unit of the memory is kept for results of kernels.
    expect(all.map((buffer) => buffer.byteOffset)).toEqual([64, 192, 320, 384, 448]);
    expect(all.map((buffer) => buffer.floats.length)).toEqual([17, 17, 1, 1, 1]);
    expect(all.every((buffer) => buffer.floats.every((value) => value === 0))).toBe(true);
  });

  it('shows the same elements as floats and as bytes', () => {
    const [buffer] = new FlatMemory({ parameters: { count: 1, length: 2 } }).buffers.parameters;
    buffer!.bytes.set(new Uint8Array(new Float32Array([1.5, -2]).buffer));
    expect([...buffer!.floats]).toEqual([1.5, -2]);
  });

  it('keeps a prefix right before each buffer, so that a frame is received in one piece', () => {
    const { gradients } = new FlatMemory({ gradients: { count: 2, length: 3, prefixBytes: 64 } }).buffers;
    const second = gradients[1]!;
    expect(second.byteOffset).toBe(64 + (64 + 64) + 64);
    expect(second.payload.byteLength).toBe(64 + 12);
    second.payload.set(new Uint8Array(new Float32Array([7, 8, 9]).buffer), 64);
    expect([...second.floats]).toEqual([7, 8, 9]);
    expect([...gradients[0]!.floats]).toEqual([0, 0, 0]);
  });

  it('takes whole pages', () => {
    expect(flatMemoryBytes({})).toBe(65_536);
    expect(flatMemoryBytes({ parameters: { count: 1, length: (65_536 - 64) / 4 } })).toBe(65_536);
    expect(flatMemoryBytes({ parameters: { count: 1, length: (65_536 - 64) / 4 + 1 } })).toBe(131_072);
  });

  it('refuses more than a WebAssembly memory can hold, before it allocates', () => {
    const groups = { parameters: { count: 5, length: 2 ** 28 } };
    const refusal = (() => {
      try {
        return new FlatMemory(groups);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(DescentError);
    expect(refusal).toMatchObject({
      code: 'SPEC_TOO_LARGE',
      details: { path: 'model', actual: 5 * 2 ** 30 + 65_536, limit: maximumMemoryBytes },
    });
  });

  it('refuses sizes that are no sizes', () => {
    expect(() => new FlatMemory({ slots: { count: 1, length: -1 } })).toThrow(
      'slots: count, length and prefix must be whole and not negative',
    );
    expect(() => new FlatMemory({ slots: { count: Number.NaN, length: 1 } })).toThrow(RangeError);
    expect(() => new FlatMemory({ slots: { count: 1, length: 1, prefixBytes: 8 } })).toThrow(
      'slots: a prefix of 8 bytes would leave its buffer unaligned',
    );
  });

  it('is reached by the kernels up to its very last element', () => {
    const rest = (maximumMemoryBytes - 64 - 2 ** 31 - 2 * 64) / 4;
    const { last } = new FlatMemory({
      low: { count: 2, length: 2 ** 28 },
      high: { count: 1, length: rest },
      last: { count: 2, length: 16 },
    }).buffers;
    const [target, source] = last;
    expect(source!.byteOffset + source!.bytes.byteLength).toBe(maximumMemoryBytes);
    target!.floats.fill(2);
    source!.floats.fill(1);
    addInto(source!, target!);
    expect([...source!.floats]).toEqual(Array(16).fill(3));
  });
});
