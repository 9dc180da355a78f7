import { gateOf } from '../rules/recurrent-evaluation.ts';
import { recurrentOperation } from '../rules/recurrent-operation.ts';

/**
 * ONNX RNN: h ← f(W x + R h + Wb + Rb), f = Tanh by default. X is [steps, batch, input] (layout 0) or [batch, steps,
 * input] (1). Outputs Y with the state after every step, 0 beyond a sequence's length, and Y_h with the last ones.
 * Elman (1990).
 */
export const rnn = recurrentOperation({
  gates: 1,
  activations: ['Tanh'],
  states: 1,
  bias: 'both',
  step: (weights, x, [h]) => {
    const { input, recurrent } = gateOf(weights, 0, x);
    const { activations, clip } = weights;
    return [h!.map((_, unit) => activations[0]!.value(clip(input(unit) + recurrent(unit, h!))))];
  },
  build:
    ({ graph, r, activations, clip }) =>
    (x, [h]) => {
      const sum = h === undefined ? x : graph.add('Add', [x, graph.add('MatMul', [h, r])]);
      return [activations[0]!.build(graph, clip(sum))];
    },
});
