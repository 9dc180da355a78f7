import type { Node } from '../graph.ts';
import { operationOf } from '../operations/index.ts';
import { elementWiseDerivatives } from './element-wise-derivatives.ts';
import { structuralDerivatives } from './structural-derivatives.ts';

/**
 * What an operation does to the gradient that comes back to it. Notation of the formulas: X, A, B are inputs as the
 * operator names them, Y is the output, and dX stands for ∂loss/∂X; products of equal shapes are element by element.
 */
export interface LocalDerivative {
  /** In two or three words: `add distributes`. */
  readonly role: string;
  readonly words: string;
  readonly formula: string;
}

/** By operation name. Not total: an operation without an entry is described by its vector-Jacobian product. */
export type LocalDerivatives = Readonly<Record<string, LocalDerivative>>;

/** The local derivative of a node, in words and as a formula. */
export function localDerivative({ op }: Pick<Node, 'op'>): LocalDerivative {
  if (Object.hasOwn(elementWiseDerivatives, op)) return elementWiseDerivatives[op]!;
  if (Object.hasOwn(structuralDerivatives, op)) return structuralDerivatives[op]!;
  const { gradient } = operationOf(op);
  if (gradient === 'zero') {
    return {
      role: `${op} stops the gradient`,
      words: 'Its output is piecewise constant, or not a real number, so nothing flows back through it.',
      formula: 'dX = 0',
    };
  }
  if (gradient === 'decompose') {
    return {
      role: 'a composition',
      words: `${op} is made of simpler operations; the chain rule runs through them one after the other.`,
      formula: `dX = (∂${op}/∂X)ᵀ · dY, as the product of the Jacobians of its parts`,
    };
  }
  return {
    role: 'vector-Jacobian product',
    words: `The gradient of the output times the Jacobian of ${op}, which is never formed as a matrix.`,
    formula: `dX = (∂${op}/∂X)ᵀ · dY`,
  };
}
