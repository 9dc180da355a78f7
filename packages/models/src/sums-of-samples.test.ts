import { evaluate, type Feeds, type Graph, sumsOfSamples } from '@descent/autodiff';
import { elementCount, type Tensor, tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { feedsOf } from './gradient.fixture.ts';
import { trainingGraph } from './graphs.ts';
import { layerCases } from './layer-cases.fixture.ts';
import { compiled } from './reference.fixture.ts';

/** The samples from `from` to before `to` of everything that is fed per sample. */
function part(graph: Graph, feeds: Feeds, from: number, to: number): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, fed]) => {
      const { shape } = graph.types.get(name) ?? {};
      if (typeof shape?.[0] !== 'string') return [name, fed];
      const size = elementCount(fed.shape.slice(1));
      const data = fed.data.slice(from * size, to * size) as Tensor['data'];
      return [name, tensor(fed.dtype, [to - from, ...fed.shape.slice(1)], data as never)];
    }),
  );
}

const names = (spec: unknown) => sumsOfSamples(trainingGraph(compiled(spec)));
const image = { x: { shape: [4, 4, 1] } };
const loss = { type: 'softmaxCrossEntropy', labels: 'y' };

describe('what is said to be a sum over samples', () => {
  it.each(layerCases.map(([shape, ...layers]) => ({ shape, layers, text: JSON.stringify(layers) })))(
    'adds up over the parts of a batch: $text of $shape',
    ({ shape, layers }) => {
      const spec = {
        inputs: { x: { shape } },
        layers: [{ type: 'dense', name: 'front', units: shape.at(-1) }, ...layers],
        loss: { type: 'meanSquaredError', labels: 'y' },
        metrics: ['meanAbsoluteError'],
      };
      const model = compiled(spec);
      const graph = trainingGraph(model);
      const feeds = feedsOf(model);
      const results = [part(graph, feeds, 0, 3), part(graph, feeds, 0, 2), part(graph, feeds, 2, 3)].map(
        (fed) => evaluate(graph, fed).outputs,
      );
      for (const name of sumsOfSamples(graph)) {
        const [whole, first, last] = results.map((outputs) => Array.from(outputs.get(name)!.data, Number));
        whole!.forEach((value, index) => {
          expect(first![index]! + last![index]!, name).toBeCloseTo(value, 10);
        });
      }
    },
  );

  it('is every output of dense, convolutional and attention models', () => {
    const conv = { type: 'conv2d', filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' };
    const models = [
      {
        inputs: image,
        layers: [conv, { type: 'maxPool2d' }, conv, { type: 'flatten' }, { type: 'dense', units: 3 }],
        loss,
        metrics: ['accuracy'],
      },
      {
        inputs: { text: { shape: [4], dtype: 'int32' } },
        layers: [
          { type: 'embedding', vocabulary: 5, units: 4 },
          { type: 'positionalEmbedding' },
          { type: 'transformerBlock', heads: 2, causal: true, dropout: 0.1 },
          { type: 'layerNormalization' },
          { type: 'dense', units: 5 },
        ],
        loss,
      },
    ];
    for (const spec of models) {
      expect([...names(spec)].sort()).toEqual([...trainingGraph(compiled(spec)).outputs.keys()].sort());
    }
  });

  it('is no gradient below a batch normalisation, and no loss with a penalty on weights', () => {
    const normalised = names({
      inputs: image,
      layers: [
        { type: 'conv2d', name: 'below', filters: 2, kernelSize: 3 },
        { type: 'batchNormalization' },
        { type: 'flatten' },
        { type: 'dense', units: 3 },
      ],
      loss,
    });
    expect([...normalised]).toEqual([]);
    const dense = { type: 'dense', name: 'd', units: 3, kernelRegularizer: { l2: 0.1 } };
    const penalised = names({ inputs: { x: { shape: [4] } }, layers: [dense], loss });
    expect([...penalised]).toEqual(['gradient/d/bias']);
  });
});
