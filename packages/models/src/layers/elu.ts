import type { Layer, SpecOf } from './layer.ts';

/** x above zero, alpha · (eˣ − 1) below (ONNX Elu; Clevert et al. 2015). */
export const elu: Layer<SpecOf<'elu'>> = {
  takes: 'one',
  build: ({ graph }, [input], { alpha = 1 }) => ({
    ...input,
    value: graph.add('Elu', [input.value], { alpha }),
  }),
};
