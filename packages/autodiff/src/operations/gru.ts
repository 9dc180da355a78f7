import type { ValueName } from '../graph.ts';
import { integer } from '../rules/attributes.ts';
import type { CellGraph } from '../rules/recurrent.ts';
import { gateOf } from '../rules/recurrent-evaluation.ts';
import { recurrentOperation } from '../rules/recurrent-operation.ts';

/**
 * ONNX GRU, gates in the order z (update), r (reset), h: h ← (1 − z) · g(W x + R (r · h) + b) + z · h, with
 * linear_before_reset r · (R h + Rb) in place of R (r · h). X and the outputs as of RNN. Cho et al. (2014).
 */
export const gru = recurrentOperation(
  {
    gates: 3,
    activations: ['Sigmoid', 'Tanh'],
    states: 1,
    bias: 'input',
    step: (weights, x, [state]) => {
      const h = state!;
      const { activations, attributes, clip } = weights;
      const [f, g] = activations;
      const [update, reset, candidate] = [0, 1, 2].map((gate) => gateOf(weights, gate, x));
      const z = h.map((_, unit) => f!.value(clip(update!.input(unit) + update!.recurrent(unit, h))));
      const r = h.map((_, unit) => f!.value(clip(reset!.input(unit) + reset!.recurrent(unit, h))));
      const before = integer(attributes, 'linear_before_reset', 0) !== 0;
      const resetState = h.map((value, unit) => value * r[unit]!);
      return [
        h.map((value, unit) => {
          const recurrent = before
            ? r[unit]! * candidate!.recurrent(unit, h)
            : candidate!.recurrent(unit, resetState);
          const next = g!.value(clip(candidate!.input(unit) + recurrent));
          return (1 - z[unit]!) * next + z[unit]! * value;
        }),
      ];
    },
    build: (direction) => {
      const { graph, hidden, activations, attributes, clip } = direction;
      const [f, g] = activations;
      const before = integer(attributes, 'linear_before_reset', 0) !== 0;
      const recurrent = recurrentParts(direction, before);
      return (x, [h]) => {
        const [inputGates, inputCandidate] = cut(direction, x);
        const both = f!.build(graph, clip(added(direction, inputGates, recurrent.gates(h))));
        const [z, r] = graph.addMany('Split', [both, graph.integers([hidden, hidden])], { axis: -1 }, 2);
        const sum = added(direction, inputCandidate, recurrent.candidate(h, r!));
        const next = g!.build(graph, clip(sum));
        if (h === undefined) return [graph.add('Mul', [graph.add('Sub', [graph.scalar(1), z!]), next])];
        // (1 − z) · n + z · h = n + z · (h − n)
        return [graph.add('Add', [next, graph.add('Mul', [z!, graph.add('Sub', [h, next])])])];
      };
    },
  },
  { attributes: { linear_before_reset: 'integer' } },
);

/** The blocks of both gates along the last axis, and that of the candidate. */
function cut({ graph, hidden }: CellGraph, value: ValueName): readonly [ValueName, ValueName] {
  const sizes = graph.integers([2 * hidden, hidden]);
  const [gates, candidate] = graph.addMany('Split', [value, sizes], { axis: -1 }, 2);
  return [gates!, candidate!];
}

function added({ graph }: CellGraph, value: ValueName, other: ValueName | undefined): ValueName {
  return other === undefined ? value : graph.add('Add', [value, other]);
}

/** What the state adds to both gates, and to the candidate given the reset gate. Without a state only the biases do. */
function recurrentParts(direction: CellGraph, linearBeforeReset: boolean) {
  const { graph, r, rb } = direction;
  const [gateWeights, candidateWeights] = cut(direction, r);
  const [gateBias, candidateBias] = rb === undefined ? [undefined, undefined] : cut(direction, rb);
  const product = (state: ValueName, weights: ValueName, bias: ValueName | undefined) =>
    added(direction, graph.add('MatMul', [state, weights]), bias);
  const ofState = (h: ValueName | undefined) =>
    h === undefined ? candidateBias : product(h, candidateWeights, candidateBias);
  return {
    gates: (h: ValueName | undefined) => (h === undefined ? gateBias : product(h, gateWeights, gateBias)),
    candidate: (h: ValueName | undefined, reset: ValueName): ValueName | undefined => {
      if (!linearBeforeReset) return ofState(h && graph.add('Mul', [reset, h]));
      const linear = ofState(h);
      return linear && graph.add('Mul', [reset, linear]);
    },
  };
}
