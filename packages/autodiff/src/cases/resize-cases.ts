import { tensor } from '@descent/tensors';
import type { Attributes } from '../graph.ts';
import { distinct, integers, operationCase } from './operation-case.ts';

const planes: readonly [name: string, scales: readonly number[], attributes: Attributes][] = [
  [
    'to the nearest, twice as large',
    [1, 1, 2, 2],
    { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  ],
  ['to the nearest, by a fraction', [1, 1, 1.5, 0.6], {}],
  [
    'to the nearest, upwards',
    [1, 1, 0.6, 1.7],
    { nearest_mode: 'ceil', coordinate_transformation_mode: 'half_pixel_symmetric' },
  ],
  ['linear, twice as large', [1, 1, 2, 2], { mode: 'linear' }],
  [
    'linear with aligned corners',
    [1, 1, 2, 3],
    { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
  ],
  ['linear, smaller, antialiased', [1, 1, 0.5, 0.75], { mode: 'linear', antialias: 1 }],
  [
    'linear of half pixels as PyTorch has them',
    [1, 1, 0.25, 2],
    { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' },
  ],
  ['cubic', [1, 1, 1.5, 2], { mode: 'cubic' }],
  [
    'cubic without what lies outside',
    [1, 1, 0.75, 2],
    { mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: 1 },
  ],
];

export const resizeCases = [
  operationCase('Upsample of two axes', { x: distinct(['batch', 2, 4]) }, (graph, { x }) => {
    const scales = graph.constant({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 3, 2) });
    return graph.add('Upsample', [x, scales]);
  }),
  operationCase(
    'Upsample of integers',
    { x: integers('int64', ['batch'], [3, 1, 2]) },
    (graph, { x }) => graph.add('Upsample', [x, graph.constant(tensor('float32', [1], Float32Array.of(2)))]),
    [],
  ),
  operationCase('Upsample of the batch', { x: distinct(['batch', 2]) }, (graph, { x }) => {
    const scales = graph.constant({ dtype: 'float32', shape: [2], data: Float32Array.of(2, 1) });
    return graph.add('Upsample', [x, scales]);
  }),
  ...planes.map(([name, scales, attributes]) =>
    operationCase(`Resize ${name}`, { x: distinct(['batch', 2, 4, 5]) }, (graph, { x }) => {
      const list = graph.constant({ dtype: 'float32', shape: [4], data: Float32Array.from(scales) });
      return graph.add('Resize', [x, '', list], attributes);
    }),
  ),
  operationCase('Resize of one inner axis to a size', { x: distinct(['batch', 4, 2, 2]) }, (graph, { x }) =>
    graph.add('Resize', [x, '', '', graph.integers([7])], { axes: [1], mode: 'linear' }),
  ),
  operationCase('Resize that keeps the aspect ratio', { x: distinct(['batch', 2, 4]) }, (graph, { x }) =>
    graph.add('Resize', [x, '', '', graph.integers([7, 8])], {
      axes: [1, 2],
      keep_aspect_ratio_policy: 'not_larger',
    }),
  ),
  operationCase('Resize to the shape of another value', { x: distinct(['batch', 2, 2]) }, (graph, { x }) => {
    const kept = graph.add('Shape', [x], { end: 2 });
    const sizes = graph.add('Concat', [kept, graph.integers([6])], { axis: 0 });
    return graph.add('Resize', [x, '', '', sizes], { mode: 'linear' });
  }),
  operationCase('Resize that crops beyond the border', { x: distinct([1, 4, 4]) }, (graph, { x }) => {
    const roi = graph.constant({
      dtype: 'float32',
      shape: [6],
      data: Float32Array.of(0, 0.25, -0.5, 1, 1.5, 0.75),
    });
    return graph.add('Resize', [x, roi, '', graph.integers([1, 4, 5])], {
      mode: 'linear',
      coordinate_transformation_mode: 'tf_crop_and_resize',
      extrapolation_value: 9,
    });
  }),
];
