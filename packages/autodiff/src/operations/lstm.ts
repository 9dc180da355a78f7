import type { ValueName } from '../graph.ts';
import { integer } from '../rules/attributes.ts';
import type { CellGraph } from '../rules/recurrent.ts';
import { gateOf } from '../rules/recurrent-evaluation.ts';
import { recurrentOperation } from '../rules/recurrent-operation.ts';

/**
 * ONNX LSTM, gates in the order i (input), o (output), f (forget), c: c ← f · c + i · g(…), h ← o · h(c). P holds the
 * peepholes of i, o and f. With input_forget, f is 1 − i. X and the outputs as of RNN; the output Y_c has the last cell
 * states. Hochreiter & Schmidhuber (1997); Gers & Schmidhuber (2000).
 */
export const lstm = recurrentOperation(
  {
    gates: 4,
    activations: ['Sigmoid', 'Tanh', 'Tanh'],
    states: 2,
    bias: 'both',
    step: (weights, x, [h, c]) => {
      const { hidden, p, activations, attributes, clip } = weights;
      const [f, g, out] = activations;
      const gates = [0, 1, 2, 3].map((gate) => gateOf(weights, gate, x));
      const sum = (gate: number, unit: number) => gates[gate]!.input(unit) + gates[gate]!.recurrent(unit, h!);
      const coupled = integer(attributes, 'input_forget', 0) !== 0;
      const cell = c!.map((old, unit) => {
        const input = f!.value(clip(sum(0, unit) + p[unit]! * old));
        const forget = coupled ? 1 - input : f!.value(clip(sum(2, unit) + p[2 * hidden + unit]! * old));
        return forget * old + input * g!.value(clip(sum(3, unit)));
      });
      const next = cell.map((value, unit) => {
        const output = f!.value(clip(sum(1, unit) + p[hidden + unit]! * value));
        return output * out!.value(clip(value));
      });
      return [next, cell];
    },
    build: (direction) => {
      const { graph, r, activations, attributes, clip, peepholes } = direction;
      const coupled = integer(attributes, 'input_forget', 0) !== 0;
      return (x, [h, c]) => {
        const sum = h === undefined ? x : graph.add('Add', [x, graph.add('MatMul', [h, r])]);
        const gates =
          peepholes.length === 0 ? gatesAtOnce(direction, sum) : gatesWithPeepholes(direction, sum, c);
        const fresh = graph.add('Mul', [gates.input, gates.candidate]);
        const forget = coupled ? graph.add('Sub', [graph.scalar(1), gates.input]) : gates.forget;
        const cell = c === undefined ? fresh : graph.add('Add', [graph.add('Mul', [forget, c]), fresh]);
        const shown = activations[2]!.build(graph, clip(cell));
        return [graph.add('Mul', [gates.output(cell), shown]), cell];
      };
    },
  },
  {
    inputs: [
      { name: 'initial_c', dtypes: 'float', presence: 'optional' },
      { name: 'P', dtypes: 'float', presence: 'optional' },
    ],
    attributes: { input_forget: 'integer' },
  },
);

interface Gates {
  readonly input: ValueName;
  readonly forget: ValueName;
  readonly candidate: ValueName;
  /** The output gate may look at the new cell state. */
  output(cell: ValueName): ValueName;
}

/** One activation over the three gates that share it. */
function gatesAtOnce({ graph, hidden, activations, clip }: CellGraph, sum: ValueName): Gates {
  const [three, last] = graph.addMany('Split', [sum, graph.integers([3 * hidden, hidden])], { axis: -1 }, 2);
  const sizes = graph.integers([hidden, hidden, hidden]);
  const open = activations[0]!.build(graph, clip(three!));
  const [input, output, forget] = graph.addMany('Split', [open, sizes], { axis: -1 }, 3);
  return {
    input: input!,
    forget: forget!,
    candidate: activations[1]!.build(graph, clip(last!)),
    output: () => output!,
  };
}

function gatesWithPeepholes(step: CellGraph, sum: ValueName, c: ValueName | undefined): Gates {
  const { graph, hidden, activations, clip, peepholes } = step;
  const sizes = graph.integers([hidden, hidden, hidden, hidden]);
  const [i, o, f, candidate] = graph.addMany('Split', [sum, sizes], { axis: -1 }, 4);
  const gate = (value: ValueName, peephole: ValueName, cell: ValueName | undefined) => {
    const seen = cell === undefined ? value : graph.add('Add', [value, graph.add('Mul', [peephole, cell])]);
    return activations[0]!.build(graph, clip(seen));
  };
  return {
    input: gate(i!, peepholes[0]!, c),
    forget: gate(f!, peepholes[2]!, c),
    candidate: activations[1]!.build(graph, clip(candidate!)),
    output: (cell) => gate(o!, peepholes[1]!, cell),
  };
}
