import type { Layer, SpecOf } from './layer.ts';

/** max(x, 0), cut at maxValue where there is one. */
export const relu: Layer<SpecOf<'relu'>> = {
  takes: 'one',
  build: ({ graph }, [input], { maxValue }) => ({
    ...input,
    value:
      maxValue === undefined
        ? graph.add('Relu', [input.value])
        : graph.add('Clip', [input.value, graph.scalar(0), graph.scalar(maxValue)]),
  }),
};
