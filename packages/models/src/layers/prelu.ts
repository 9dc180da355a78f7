import { toAsWritten } from '../feature.ts';
import { sampleAxis } from './axis.ts';
import type { Layer, SpecOf } from './layer.ts';

/** x above zero, a trained alpha · x below, alpha starting at 0 (He et al. 2015): one for each element or each of the axes that are not shared. */
export const prelu: Layer<SpecOf<'prelu'>> = {
  takes: 'one',
  build: (context, [input], { sharedAxes = [] }) => {
    const { graph } = context;
    const shared = new Set(sharedAxes.map((axis) => sampleAxis(context, axis, input.shape)));
    const shape = input.shape.map((size, axis) => (shared.has(axis) ? 1 : size));
    const alpha = context.parameter('alpha', shape, 'zeros');
    const x = toAsWritten(graph, input);
    const below = graph.add('Mul', [alpha, graph.add('Min', [x.value, graph.scalar(0)])]);
    return { ...x, value: graph.add('Add', [graph.add('Relu', [x.value]), below]) };
  },
};
