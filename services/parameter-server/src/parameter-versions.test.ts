import { FlatMemory } from '@descent/optimizers';
import { expect, test } from 'vitest';
import { createParameterVersions } from './parameter-versions.ts';

function createWorld(count = 3) {
  const { buffers } = new FlatMemory({ parameters: { count, length: 4 } });
  const versions = createParameterVersions(buffers.parameters, 7);
  /** Writes the next version, all elements its number. */
  const step = () => {
    const next = versions.next();
    if (next === undefined) throw new Error('no buffer is free');
    next.floats.fill(versions.version + 1);
    versions.publish();
  };
  return { versions, step };
}

test('versions count up from where the job continues', () => {
  const { versions, step } = createWorld();
  expect(versions.version).toBe(7);
  step();
  step();
  expect(versions.version).toBe(9);
  expect([...versions.current.floats]).toEqual([9, 9, 9, 9]);
});

test('the next version is never written over the current one', () => {
  const { versions, step } = createWorld(2);
  for (let time = 0; time < 5; time++) {
    expect(versions.next()).not.toBe(versions.current);
    step();
  }
});

test('a buffer that is held stays as it is, however many versions follow', () => {
  const { versions, step } = createWorld();
  step();
  const held = versions.hold();
  for (let time = 0; time < 6; time++) step();
  expect(held.version).toBe(8);
  expect([...held.buffer.floats]).toEqual([8, 8, 8, 8]);
});

test('no buffer is free while every other one is held, and release frees it', () => {
  const { versions, step } = createWorld();
  const first = versions.hold();
  step();
  const second = versions.hold();
  step();
  expect(versions.next()).toBeUndefined();
  expect(() => versions.publish()).toThrow('publish() without a buffer from next()');
  expect(versions.version).toBe(9);
  second.release();
  expect(versions.next()).toBe(second.buffer);
  first.release();
});

test('a buffer that two read is free when both have released it', () => {
  const { versions, step } = createWorld(2);
  const [one, other] = [versions.hold(), versions.hold()];
  step();
  one.release();
  expect(versions.next()).toBeUndefined();
  other.release();
  expect(versions.next()).toBe(one.buffer);
});

test('a second release of the same hold counts for nothing', () => {
  const { versions, step } = createWorld(2);
  const [one, other] = [versions.hold(), versions.hold()];
  step();
  one.release();
  one.release();
  expect(versions.next()).toBeUndefined();
  other.release();
});

test('whenFree calls back at once when a buffer is free', () => {
  const { versions } = createWorld();
  let calls = 0;
  versions.whenFree(() => calls++);
  expect(calls).toBe(1);
});

test('whenFree calls back once, on the release that frees a buffer', () => {
  const { versions, step } = createWorld(2);
  const [one, other] = [versions.hold(), versions.hold()];
  step();
  const free: unknown[] = [];
  versions.whenFree(() => free.push(versions.next()));
  one.release();
  expect(free).toEqual([]);
  other.release();
  expect(free).toEqual([one.buffer]);
  versions.hold().release();
  expect(free).toHaveLength(1);
});

test('a release of the current version frees nothing', () => {
  const { versions, step } = createWorld(2);
  const old = versions.hold();
  step();
  const current = versions.hold();
  let calls = 0;
  versions.whenFree(() => calls++);
  current.release();
  expect(calls).toBe(0);
  old.release();
  expect(calls).toBe(1);
});
