import { evaluate, type Feeds, type Graph } from '@descent/autodiff';
import { lowerModel } from '@descent/interchange';
import type { Tensor } from '@descent/tensors';
import type { ConformanceCase, DataSet } from './cases.ts';

/** A case as a computation graph, by the code that imports models. */
export interface LoweredCase {
  readonly graph: Graph;
  readonly feeds: Feeds;
  /** Names of the outputs in the order of the file. */
  readonly outputs: readonly string[];
}

/**
 * Inputs are fed where the operation takes them so; those that must be known while a graph is built (shapes, axes, pads)
 * are constants. The first way that the importer accepts is used.
 */
export function lowerCase({ model }: ConformanceCase, { inputs }: DataSet): LoweredCase {
  const names = model.graph!.input.map(({ name = '' }) => name);
  const known = (chosen: (tensor: Tensor, index: number) => boolean) =>
    new Map(names.flatMap((name, index) => (chosen(inputs[index]!, index) ? [[name, inputs[index]!]] : [])));
  const ways = [
    known(() => false),
    known(({ dtype }, index) => index > 0 && dtype !== 'float32'),
    known((_, index) => index > 0),
    known(() => true),
  ];
  let refusal: unknown;
  for (const knownInputs of ways) {
    try {
      const lowered = lowerModel(model, { batched: false, states: false, knownInputs });
      const feeds = Object.fromEntries(
        [...lowered.inputs].map(([own, name]) => [own, inputs[names.indexOf(name)]!]),
      );
      const outputs = model.graph!.output.map(({ name = '' }) => name);
      return { graph: lowered.graph, feeds: { ...feeds, ...Object.fromEntries(lowered.weights) }, outputs };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

export function evaluateCase({ graph, feeds, outputs }: LoweredCase): readonly Tensor[] {
  const results = evaluate(graph, feeds, { batch: 1 }).outputs;
  return outputs.map((name) => results.get(name)!);
}

/** How a result differs from what ONNX expects, in words; undefined where it does not. Tolerances are those of ONNX's runner. */
export function difference(actual: Tensor, expected: Tensor): string | undefined {
  if (actual.shape.join() !== expected.shape.join()) {
    return `has shape [${actual.shape.join(', ')}], expected [${expected.shape.join(', ')}]`;
  }
  const single = actual.dtype === 'float64' ? 'float32' : actual.dtype;
  if (single !== expected.dtype) return `is ${single}, expected ${expected.dtype}`;
  const at = Array.from(actual.data, Number).findIndex(
    (value, index) => !isClose(value, Number(expected.data[index])),
  );
  return at === -1 ? undefined : `[${at}] is ${actual.data[at]}, expected ${expected.data[at]}`;
}

function isClose(value: number, expected: number): boolean {
  if (Object.is(value, expected) || value === expected) return true;
  return Math.abs(value - expected) <= 1e-7 + 1e-3 * Math.abs(expected);
}
