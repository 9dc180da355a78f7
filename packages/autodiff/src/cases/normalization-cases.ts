import type { Shape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import { distinct, exactly, operationCase, positive } from './operation-case.ts';

const layers: readonly (readonly [string, Shape, Shape, Shape | undefined, Attributes])[] = [
  ['over the last axis', ['batch', 2, 5], [5], [5], {}],
  ['without B', ['batch', 4], [4], undefined, { axis: -1, epsilon: 0.1 }],
  ['over two axes', ['batch', 3, 4], [3, 4], [3, 4], { axis: 1 }],
  ['over two axes, Scale and B broadcast', ['batch', 3, 4], [1, 4], [3, 1], { axis: -2 }],
  ['with one number for Scale and B', ['batch', 2, 4], [1], [], { epsilon: 0.01 }],
  ['with Scale per sequence place', ['batch', 3, 4], [3, 1], [4], {}],
  ['over an axis of size 1', ['batch', 2, 1], [1], [1], {}],
  ['over all axes', [3, 4], [3, 4], [4], { axis: 0 }],
];

const layerCases = layers.map(([name, x, scale, b, attributes]) =>
  operationCase(
    `LayerNormalization ${name}`,
    { x: distinct(x), scale: distinct(scale), b: distinct(b ?? [1]) },
    (graph, inputs) => {
      const given = b === undefined ? [inputs.x, inputs.scale] : [inputs.x, inputs.scale, inputs.b];
      return graph.add('LayerNormalization', given, attributes);
    },
  ),
);

const layerOutputs = [1, 2].map((index) =>
  operationCase(
    `LayerNormalization, output ${index} beside Y`,
    { x: distinct(['batch', 2, 5]), scale: distinct([5]), b: distinct([5]) },
    (graph, { x, scale, b }) => {
      const outputs = graph.addMany('LayerNormalization', [x, scale, b], { epsilon: 0.1 }, 3);
      return graph.add('Mul', [outputs[0]!, outputs[index]!]);
    },
  ),
);

const images: readonly (readonly [string, Shape])[] = [
  ['of features', ['batch', 4]],
  ['of sequences', ['batch', 2, 5]],
  ['of images', ['batch', 3, 2, 4]],
  ['of volumes', ['batch', 2, 2, 1, 3]],
];

const batchCases = images.flatMap(([name, shape]) => {
  const channels = [Number(shape[1])];
  const fed = {
    x: distinct(shape),
    scale: distinct(channels),
    b: distinct(channels),
    mean: distinct(channels),
    variance: positive(channels),
  };
  return [
    operationCase(`BatchNormalization ${name}, inference`, fed, (graph, { x, scale, b, mean, variance }) =>
      graph.add('BatchNormalization', [x, scale, b, mean, variance], { epsilon: 0.01 }),
    ),
    operationCase(`BatchNormalization ${name}, training`, fed, (graph, { x, scale, b, mean, variance }) =>
      graph.add('BatchNormalization', [x, scale, b, mean, variance], { training_mode: 1, epsilon: 0.1 }),
    ),
    ...[0, 0.75].map((momentum) =>
      operationCase(
        `BatchNormalization ${name}, training beside its running statistics, momentum ${momentum}`,
        fed,
        (graph, { x, scale, b, mean, variance }) => {
          const attributes = { training_mode: 1, momentum, epsilon: 0.1 };
          const [y, means, variances] = graph.addMany(
            'BatchNormalization',
            [x, scale, b, mean, variance],
            attributes,
            3,
          );
          const both = graph.add('Add', [means!, graph.add('Mul', [variances!, variances!])]);
          const ones = graph.integers([-1, ...shape.slice(2).map(() => 1)]);
          return graph.add('Add', [y!, graph.add('Reshape', [both, ones])]);
        },
      ),
    ),
  ];
});

const planes = [
  ...images
    .slice(1)
    .map(([name, shape]) =>
      operationCase(
        `InstanceNormalization ${name}`,
        { x: distinct(shape), scale: distinct([Number(shape[1])]), b: distinct([Number(shape[1])]) },
        (graph, { x, scale, b }) => graph.add('InstanceNormalization', [x, scale, b], { epsilon: 0.01 }),
      ),
    ),
  ...(
    [
      [['batch', 4], 2],
      [['batch', 6, 2, 3], 3],
      [['batch', 4, 3], 1],
      [['batch', 3, 2, 2], 3],
    ] as const
  ).map(([shape, num_groups]) =>
    operationCase(
      `GroupNormalization of [${shape.join(', ')}] in ${num_groups} groups`,
      { x: distinct(shape), scale: distinct([shape[1]]), b: distinct([shape[1]]) },
      (graph, { x, scale, b }) => graph.add('GroupNormalization', [x, scale, b], { num_groups }),
    ),
  ),
];

const others = [
  operationCase(
    'RMSNormalization over the last axis',
    { x: distinct(['batch', 2, 5]), scale: distinct([5]) },
    (graph, { x, scale }) => graph.add('RMSNormalization', [x, scale]),
  ),
  operationCase(
    'RMSNormalization over two axes, scale broadcast',
    { x: distinct(['batch', 3, 4]), scale: distinct([3, 1]) },
    (graph, { x, scale }) => graph.add('RMSNormalization', [x, scale], { axis: 1, epsilon: 0.1 }),
  ),
  operationCase(
    'MeanVarianceNormalization over the batch and the plane',
    { x: distinct(['batch', 2, 2, 3]) },
    (graph, { x }) => graph.add('MeanVarianceNormalization', [x]),
  ),
  operationCase('MeanVarianceNormalization over one axis', { x: distinct(['batch', 5, 2]) }, (graph, { x }) =>
    graph.add('MeanVarianceNormalization', [x], { axes: [1] }),
  ),
  ...[1, 2].flatMap((p) => [
    operationCase(`LpNormalization of order ${p}`, { x: distinct(['batch', 4, 2]) }, (graph, { x }) =>
      graph.add('LpNormalization', [x], { p, axis: 1 }),
    ),
    operationCase(
      `LpNormalization of order ${p}, one run all zeros`,
      { x: exactly([2, 2], 0, 0, 1, -2), y: distinct([2, 2]) },
      (graph, { x, y }) => graph.add('Mul', [graph.add('LpNormalization', [x], { p }), y]),
      ['y'],
    ),
  ]),
  operationCase('LRN over an odd number of channels', { x: distinct(['batch', 5, 2, 3]) }, (graph, { x }) =>
    graph.add('LRN', [x], { size: 3, alpha: 0.5, beta: 0.6, bias: 1.5 }),
  ),
  operationCase('LRN over an even number of channels', { x: distinct(['batch', 3, 4]) }, (graph, { x }) =>
    graph.add('LRN', [x], { size: 4, alpha: 2 }),
  ),
];

export const normalizationCases = [...layerCases, ...layerOutputs, ...batchCases, ...planes, ...others];
