import {
  bind,
  createGraphBuilder,
  differentiate,
  type Feeds,
  type Graph,
  type GraphBuilder,
  type Shape,
  simplify,
  type ValueName,
} from '@descent/autodiff';
import { elementCount, tensor } from '@descent/tensors';

/** A whole training step: outputs `loss`, `correct` and `gradient/<parameter>` for every parameter. */
export interface TrainingCase {
  readonly name: string;
  readonly graph: Graph;
  readonly feeds: (batch: number) => Feeds;
}

type Layer = (graph: GraphBuilder, value: ValueName) => ValueName;

const channelsOf = (graph: GraphBuilder, value: ValueName) => Number(graph.type(value).shape[1]);

export function conv(name: string, filters: number, kernel: number, pads = 0, strides = 1): Layer {
  return (graph, value) => {
    const weights = graph.parameter(`${name}/kernel`, [filters, channelsOf(graph, value), kernel, kernel]);
    const bias = graph.parameter(`${name}/bias`, [filters]);
    const y = graph.add('Conv', [value, weights, bias], {
      pads: [pads, pads, pads, pads],
      strides: [strides, strides],
    });
    return graph.add('Relu', [y]);
  };
}

export function maxPool(kernel: number, strides = kernel, pads = 0): Layer {
  return (graph, value) =>
    graph.add('MaxPool', [value], {
      kernel_shape: [kernel, kernel],
      strides: [strides, strides],
      pads: [pads, pads, pads, pads],
    });
}

/** y = x + layer(x) */
export function skip(layer: Layer): Layer {
  return (graph, value) => graph.add('Add', [layer(graph, value), value]);
}

export function averagePool(kernel: number, strides: number, pads: number): Layer {
  return (graph, value) =>
    graph.add('AveragePool', [value], {
      kernel_shape: [kernel, kernel],
      strides: [strides, strides],
      pads: [pads, pads, pads, pads],
    });
}

export const flatten: Layer = (graph, value) => graph.add('Flatten', [value]);

export function dense(name: string, units: number, activation?: 'Relu' | 'Tanh' | 'Sigmoid'): Layer {
  return (graph, value) => {
    const weights = graph.parameter(`${name}/kernel`, [channelsOf(graph, value), units]);
    const y = graph.add('Gemm', [value, weights, graph.parameter(`${name}/bias`, [units])]);
    return activation === undefined ? y : graph.add(activation, [y]);
  };
}

/** Summed softmax cross-entropy over int32 labels, the number of right answers, and all gradients. */
export function classifier(
  name: string,
  shape: Shape,
  classes: number,
  layers: readonly Layer[],
): TrainingCase {
  const builder = createGraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape });
  const labels = builder.input('label', { dtype: 'int32', shape: ['batch'] });
  const logits = layers.reduce((value, layer) => layer(builder, value), x);
  const [loss] = builder.addMany('SoftmaxCrossEntropyLoss', [logits, labels], { reduction: 'sum' }, 1);
  builder.output('loss', loss!);
  const chosen = builder.add('Cast', [builder.add('ArgMax', [logits], { axis: 1, keepdims: 0 })], {
    to: 'int32',
  });
  const right = builder.add('Cast', [builder.add('Equal', [chosen, labels])], { to: 'float32' });
  builder.output('correct', builder.add('ReduceSum', [right], { keepdims: 0 }));
  const forward = builder.build();
  const graph = simplify(differentiate(forward, 'loss', forward.parameters));
  return { name, graph, feeds: (batch) => feedsOf(graph, batch, classes) };
}

function feedsOf(graph: Graph, batch: number, classes: number): Feeds {
  let seed = 0;
  return Object.fromEntries(
    [...graph.inputs, ...graph.parameters].map((name) => {
      const shape = bind(graph.types.get(name)!.shape, batch);
      seed += 1;
      if (name === 'label') {
        return [
          name,
          tensor(
            'int32',
            shape,
            Int32Array.from({ length: batch }, (_, index) => (index * 7) % classes),
          ),
        ];
      }
      const scale =
        name === 'x'
          ? 1
          : 1.5 / Math.sqrt(elementCount(shape.slice(name.startsWith('conv') ? 1 : 0, -1)) || 1);
      const values = uniform(elementCount(shape), seed).map((value) => value * scale);
      return [name, tensor('float32', shape, values)];
    }),
  );
}

/** In [−1, 1); a fixed linear congruential generator, so that every run sees the same numbers. */
function uniform(count: number, seed: number): Float32Array {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * Pooled images of few different numbers behind a convolution that passes its one channel on, 16 times: outputs the
 * sum of the maxima times `weights`, and its gradient by the image, which tells where each maximum was taken from.
 */
export function poolingOfTies(kernel: number): TrainingCase {
  const builder = createGraphBuilder();
  const image = builder.parameter('image', [2, 1, 12, 12]);
  const copies = builder.constant({
    dtype: 'float32',
    shape: [16, 1, 1, 1],
    data: new Float32Array(16).fill(1),
  });
  const places = 12 / kernel;
  const weights = builder.parameter('weights', [2, 16, places, places]);
  const activation = builder.add('Relu', [builder.add('Conv', [image, copies])]);
  const weighted = builder.add('Mul', [maxPool(kernel)(builder, activation), weights]);
  builder.output('sum', builder.add('ReduceSum', [weighted], { keepdims: 0 }));
  const graph = simplify(differentiate(builder.build(), 'sum', ['image', 'weights']));
  const feeds = {
    image: tensor(
      'float32',
      [2, 1, 12, 12],
      uniform(288, 3).map((value) => Math.round(2 * value)),
    ),
    weights: tensor('float32', [2, 16, places, places], uniform(32 * places ** 2, 5)),
  };
  return { name: `${kernel}×${kernel} pools of ties`, graph, feeds: () => feeds };
}

export const trainingCases: readonly TrainingCase[] = [
  classifier('an MLP', ['batch', 20], 5, [
    dense('dense1', 16, 'Relu'),
    dense('dense2', 12, 'Tanh'),
    dense('dense3', 5),
  ]),
  classifier('a CNN with 2×2 pools', ['batch', 1, 12, 12], 4, [
    conv('conv1', 5, 3, 1),
    maxPool(2),
    conv('conv2', 6, 3, 1),
    maxPool(2),
    flatten,
    dense('dense1', 9, 'Relu'),
    dense('dense2', 4),
  ]),
  classifier('a CNN with overlapping pools and odd sizes', ['batch', 3, 11, 13], 3, [
    conv('conv1', 4, 5, 2, 2),
    maxPool(3, 2, 1),
    conv('conv2', 5, 2),
    averagePool(2, 1, 1),
    flatten,
    dense('dense1', 3),
  ]),
  classifier('a CNN whose pools leave a remainder', ['batch', 2, 9, 7], 3, [
    conv('conv1', 3, 3, 1),
    maxPool(2),
    conv('conv2', 4, 1),
    flatten,
    dense('dense1', 6, 'Sigmoid'),
    dense('dense2', 3),
  ]),
  // Channels in whole blocks of 16, which onnxruntime computes on in a layout of their own.
  classifier('a CNN in channel blocks', ['batch', 3, 12, 8], 4, [
    conv('conv1', 16, 3, 1),
    maxPool(2),
    conv('conv2', 32, 3, 1),
    conv('conv3', 16, 1),
    conv('conv4', 16, 5, 1),
    maxPool(2),
    flatten,
    dense('dense1', 4),
  ]),
  classifier('a CNN in channel blocks with strides, overlapping pools and a skip', ['batch', 16, 13, 12], 3, [
    skip(conv('conv1', 16, 3, 1)),
    maxPool(3, 2, 1),
    conv('conv2', 32, 3, 1, 2),
    skip(conv('conv3', 32, 1)),
    averagePool(2, 1, 1),
    flatten,
    dense('dense1', 3),
  ]),
  classifier(
    'a CNN in channel blocks that begins with a stride in front of a pool',
    ['batch', 3, 17, 13],
    3,
    [conv('conv1', 16, 3, 0, 2), maxPool(2), flatten, dense('dense1', 3)],
  ),
  classifier('a CNN in channel blocks that begins with a stride and has no pool', ['batch', 2, 13, 11], 3, [
    conv('conv1', 32, 3, 1, 2),
    conv('conv2', 16, 3, 1),
    flatten,
    dense('dense1', 3),
  ]),
  classifier('a CNN with many channels and strides', ['batch', 16, 7, 6], 3, [
    conv('conv1', 18, 3, 1, 2),
    conv('conv2', 17, 2),
    flatten,
    dense('dense1', 3),
  ]),
];
