import {
  type Graph,
  type OnnxOperationName,
  onnxOperations,
  operationCases,
  operationOf,
} from '@descent/autodiff';
import { controlFlowOperators, importedOperators } from '@descent/interchange';
import { type ConformanceCase, claimed } from './cases.ts';
import { exceptions } from './exceptions.ts';

/** What is claimed of one operator, each part by the tests that run it. */
export interface Claim {
  readonly operator: string;
  /** ONNX's cases that run, of those that use it and no operator that we lack. */
  readonly conformance: { readonly run: number; readonly of: number };
  /** Cases of our own, which every engine runs too. */
  readonly own: number;
  /** checked: against finite differences in a case of our own. zero: piecewise constant or of integers. */
  readonly gradient: 'checked' | 'zero' | 'none';
  /** Computed or unrolled while a model is imported; no engine meets it. */
  readonly importOnly: boolean;
}

export function claims(cases: readonly ConformanceCase[]): readonly Claim[] {
  const native = Object.keys(onnxOperations) as OnnxOperationName[];
  const importOnly = [...importedOperators, ...controlFlowOperators].filter(
    (name) => !Object.hasOwn(onnxOperations, name),
  );
  const ran = cases.filter(claimed);
  return [...native, ...new Set(importOnly)]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((operator) => {
      const using = ran.filter(({ operators }) => operators.includes(operator));
      const own = operationCases.filter(({ forward }) => uses(forward, operator));
      return {
        operator,
        conformance: {
          run: using.filter(({ name }) => !Object.hasOwn(exceptions, name)).length,
          of: using.length,
        },
        own: own.length,
        gradient: gradientOf(
          operator,
          own.some(({ wrt }) => wrt.length > 0),
        ),
        importOnly: !Object.hasOwn(onnxOperations, operator),
      };
    });
}

function gradientOf(operator: string, checked: boolean): Claim['gradient'] {
  if (!Object.hasOwn(onnxOperations, operator)) return 'none';
  if (operationOf(operator as OnnxOperationName).gradient === 'zero') return 'zero';
  return checked ? 'checked' : 'none';
}

function uses({ nodes }: Graph, operator: string): boolean {
  return nodes.some(({ op }) => op === operator);
}
