import { expect, test } from 'vitest';
import { createNumericsGate } from './numerics-gate.ts';

test('the first worker decides the numerics class of a strict job', () => {
  const gate = createNumericsGate('strict', null);
  expect(gate.numericsClass).toBeNull();
  gate.admit('class-a');
  gate.admit('class-a');
  expect(gate.numericsClass).toBe('class-a');
});

test('a worker of another class is refused with both named, and the class stays', () => {
  const gate = createNumericsGate('strict', null);
  gate.admit('class-a');
  expect(() => gate.admit('class-b')).toThrow(
    expect.objectContaining({
      code: 'NUMERICS_CLASS_MISMATCH',
      details: { expected: 'class-a', actual: 'class-b' },
    }),
  );
  expect(gate.numericsClass).toBe('class-a');
});

test('an earlier incarnation has fixed the class for every later one', () => {
  const gate = createNumericsGate('strict', 'class-a');
  expect(gate.numericsClass).toBe('class-a');
  expect(() => gate.admit('class-b')).toThrow(expect.objectContaining({ code: 'NUMERICS_CLASS_MISMATCH' }));
});

test('a relaxed job takes any worker and names the first class', () => {
  const gate = createNumericsGate('relaxed', null);
  gate.admit('class-a');
  gate.admit('class-b');
  expect(gate.numericsClass).toBe('class-a');
});
