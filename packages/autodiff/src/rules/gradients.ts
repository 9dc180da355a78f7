import type { ValueName } from '../graph.ts';
import type { GradientContext } from '../operation.ts';

/** The gradient by the output of an operation that has one. `differentiate` calls a rule only where it exists. */
export function outputGradient({ outputGradients }: GradientContext): ValueName {
  return outputGradients[0]!;
}

/** An input that the shape rule has made sure of. */
export function inputOf({ node }: GradientContext, input: number): ValueName {
  return node.inputs[input]!;
}
