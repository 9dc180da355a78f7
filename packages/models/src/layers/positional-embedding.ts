import type { Tensor } from '@descent/tensors';
import { toAsWritten } from '../feature.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Numbers of a table that is carried in the graph: 64 MiB. */
const largestTable = 2 ** 24;

/** Adds to each position of a sequence [length, features] a vector: a trained one, or sines of the position. */
export const positionalEmbedding: Layer<SpecOf<'positionalEmbedding'>> = {
  takes: 'one',
  build: (context, [input], { kind = 'learned', embeddingsInitializer = 'uniform' }) => {
    const { graph } = context;
    const [length, features, ...others] = input.shape;
    if (length === undefined || features === undefined || others.length > 0) {
      throw context.mismatch('it works on sequences', '[length, features]', input.shape);
    }
    const x = toAsWritten(graph, input);
    if (kind === 'learned') {
      const embeddings = context.parameter('embeddings', [length, features], embeddingsInitializer);
      return { ...x, value: graph.add('Add', [x.value, embeddings]) };
    }
    if (length * features > largestTable) {
      throw context.mismatch(
        'its table of sines is too large',
        `at most ${largestTable} numbers`,
        input.shape,
      );
    }
    return { ...x, value: graph.add('Add', [x.value, graph.constant(sines(length, features))]) };
  },
};

/** Vaswani et al. 2017: sin(p ÷ 10000^(2i ÷ features)) at feature 2i and the cosine of the same at 2i + 1. */
function sines(length: number, features: number): Tensor {
  const data = new Float32Array(length * features);
  for (let feature = 0; feature < features; feature += 1) {
    const frequency = Math.exp((-Math.log(10_000) * (feature - (feature % 2))) / features);
    const wave = feature % 2 === 0 ? Math.sin : Math.cos;
    for (let position = 0; position < length; position += 1) {
      data[position * features + feature] = wave(position * frequency);
    }
  }
  return { dtype: 'float32', shape: [length, features], data };
}
