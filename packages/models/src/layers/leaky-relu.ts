import type { Layer, SpecOf } from './layer.ts';

/** x above zero, alpha · x below (ONNX LeakyRelu); alpha 0.3 as in Keras. */
export const leakyRelu: Layer<SpecOf<'leakyRelu'>> = {
  takes: 'one',
  build: ({ graph }, [input], { alpha = 0.3 }) => ({
    ...input,
    value: graph.add('LeakyRelu', [input.value], { alpha }),
  }),
};
