import { elementCount } from '@descent/tensors';
import type { ValueName } from '../graph.ts';
import type { DecomposeContext } from '../operation.ts';
import { real } from './attributes.ts';
import { reshapeLike } from './broadcast.ts';
import { alongChannels } from './normalization.ts';

/**
 * The function body of group and instance normalisation of X [n, channels, ...], scale and bias [channels]: the channels
 * of a group laid side by side are one run of a LayerNormalization.
 */
export function groupsNormalized({ graph, node, type }: DecomposeContext, groups: number): ValueName {
  const [x, scale, bias] = node.inputs as [ValueName, ValueName, ValueName];
  const { shape } = type(x);
  const run = elementCount(shape.slice(1).map(Number)) / groups;
  const rows = graph.add('Reshape', [x, graph.integers([0, groups, run])]);
  const one = graph.constant({ dtype: 'float32', shape: [1], data: Float32Array.of(1) });
  const standard = graph.add('LayerNormalization', [rows, one], {
    axis: -1,
    epsilon: real(node.attributes, 'epsilon', 1e-5),
  });
  const restored = reshapeLike(graph, standard, x);
  const scaled = graph.add('Mul', [restored, alongChannels(graph, scale, shape.length)]);
  return graph.add('Add', [scaled, alongChannels(graph, bias, shape.length)]);
}
