import { describe, expect, test } from 'vitest';
import { checkGradient } from '../check-gradient.ts';
import { evaluate } from '../evaluate.ts';
import { operations } from '../operations/index.ts';
import { simplify } from '../simplify/simplify.ts';
import { operationCases } from './operation-cases.ts';

describe.each(operationCases)('$name', ({ forward, training, wrt, feeds }) => {
  test('evaluates to finite numbers of its type', () => {
    const out = evaluate(forward, feeds).outputs.get('out')!;
    expect(Array.from(out.data, Number).filter((value) => !Number.isFinite(value))).toEqual([]);
  });

  if (training === undefined) return;

  test('its gradients agree with finite differences', () => {
    const check = checkGradient(training, 'loss', wrt, feeds, { derive: (graph) => graph });
    expect(check.passed, JSON.stringify(check.worst)).toBe(true);
  });

  test('simplifying changes no output', () => {
    const [plain, simple] = [training, simplify(training)].map((graph) => evaluate(graph, feeds).outputs);
    for (const [name, tensor] of plain!) {
      const values = Array.from(simple!.get(name)!.data, Number);
      Array.from(tensor.data, Number).forEach((value, index) => {
        expect(values[index]).toBeCloseTo(value, 6);
      });
    }
  });
});

test('every operation, forward and backward, is in a case', () => {
  const covered = new Set(
    operationCases.flatMap(({ forward, training }) => (training ?? forward).nodes.map((node) => node.op)),
  );
  expect(Object.keys(operations).filter((op) => !covered.has(op as keyof typeof operations))).toEqual([]);
});

test('names of cases are unique', () => {
  const names = operationCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
