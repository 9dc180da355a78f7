import type { Tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { checkGradient } from '../check-gradient.ts';
import { decompose } from '../decompose.ts';
import { evaluate } from '../evaluate.ts';
import type { Node } from '../graph.ts';
import { operationOf, operations } from '../operations/index.ts';
import { simplify } from '../simplify/simplify.ts';
import { operationCases } from './operation-cases.ts';

describe.each(operationCases)('$name', ({ forward, training, wrt, feeds }) => {
  test('evaluates to finite numbers of its type', () => {
    const out = evaluate(forward, feeds).outputs.get('out')!;
    expect(Array.from(out.data, Number).filter((value) => !Number.isFinite(value))).toEqual([]);
  });

  if (forward.nodes.some(hasBody)) {
    test('its function body computes the same, under the same names', () => {
      const body = decompose(forward, () => true);
      expect(body.nodes.filter(hasBody)).toEqual([]);
      const [whole, parts] = [forward, body].map((graph) => evaluate(graph, feeds, { values: 'all' }).values);
      for (const [name, tensor] of whole!) {
        expectClose(tensor, parts!.get(name)!);
      }
    });
  }

  if (training === undefined) return;

  test('its gradients agree with finite differences', () => {
    const check = checkGradient(training, 'loss', wrt, feeds, { derive: (graph) => graph });
    expect(check.passed, JSON.stringify(check.worst)).toBe(true);
  });

  test('simplifying changes no output', () => {
    const [plain, simple] = [training, simplify(training)].map((graph) => evaluate(graph, feeds).outputs);
    for (const [name, tensor] of plain!) expectClose(tensor, simple!.get(name)!);
  });
});

function hasBody({ op }: Node): boolean {
  return operationOf(op).decompose !== undefined;
}

function expectClose(expected: Tensor, actual: Tensor): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
  const values = Array.from(actual.data, Number);
  Array.from(expected.data, Number).forEach((value, index) => {
    expect(values[index]).toBeCloseTo(value, 6);
  });
}

test('every operation, forward and backward, is in a case', () => {
  const covered = new Set(
    operationCases.flatMap(({ forward, training }) =>
      [...forward.nodes, ...(training?.nodes ?? [])].map((node) => node.op),
    ),
  );
  expect(Object.keys(operations).filter((op) => !covered.has(op as keyof typeof operations))).toEqual([]);
});

test('names of cases are unique', () => {
  const names = operationCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
