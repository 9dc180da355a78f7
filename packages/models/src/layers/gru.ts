import type { SpecOf } from './layer.ts';
import { activateRows, recurrent, recurrentKernel } from './recurrence.ts';

/**
 * Gated recurrent unit (Cho et al. 2014), with the reset after the product as in Keras' default and cuDNN; gates in
 * Keras' order: update z, reset r, candidate. h = z · h + (1 − z) · activation(x + r · (h · kernel + recurrentBias)).
 */
export const gru = recurrent<SpecOf<'gru'>>({
  gates: 3,
  operations: 14,
  start: (context, spec) => {
    const { graph } = context;
    const { units, activation = 'tanh', recurrentActivation = 'sigmoid', useBias = true } = spec;
    const kernel = recurrentKernel(context, spec, 3);
    const bias = useBias
      ? context.parameter('recurrentBias', [3 * units], spec.biasInitializer ?? 'zeros')
      : undefined;
    const sizes = graph.integers([2 * units, units]);
    const split = (value: string) =>
      graph.addMany('Split', [value, sizes], { axis: 1 }, 2) as [string, string];
    return (projected, before) => {
      const [gatesOfInput, candidateOfInput] = split(projected);
      const product =
        before === undefined
          ? bias && graph.add('Unsqueeze', [bias, graph.integers([0])])
          : graph.add('Gemm', bias === undefined ? [before[0], kernel] : [before[0], kernel, bias]);
      const [gatesOfState, candidateOfState] = product === undefined ? [] : split(product);
      const gates = activateRows(
        graph,
        gatesOfState === undefined ? gatesOfInput : graph.add('Add', [gatesOfInput, gatesOfState]),
        recurrentActivation,
      );
      const [update, reset] = graph.addMany('Split', [gates], { axis: 1, num_outputs: 2 }, 2) as [
        string,
        string,
      ];
      const recalled =
        candidateOfState === undefined
          ? candidateOfInput
          : graph.add('Add', [candidateOfInput, graph.add('Mul', [reset, candidateOfState])]);
      const candidate = activateRows(graph, recalled, activation);
      // z · h + (1 − z) · c with one product: c + z · (h − c).
      const difference =
        before === undefined ? graph.add('Neg', [candidate]) : graph.add('Sub', [before[0], candidate]);
      return [graph.add('Add', [candidate, graph.add('Mul', [update, difference])])];
    };
  },
});
