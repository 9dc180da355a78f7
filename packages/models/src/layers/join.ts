import { sameShape } from '@descent/autodiff';
import { type Feature, toAsWritten, toChannelsFirst } from '../feature.ts';
import type { LayerContext } from './layer.ts';

/** Features of one rank with their axes in one order: channels-first as soon as one of them is. */
export function inOneOrder(
  { graph }: LayerContext,
  inputs: readonly [Feature, ...Feature[]],
): readonly [Feature, ...Feature[]] {
  const convert = inputs.some(({ order }) => order === 'channelsFirst') ? toChannelsFirst : toAsWritten;
  const [first, ...others] = inputs;
  return [convert(graph, first), ...others.map((input) => convert(graph, input))];
}

/** The same, of features that must have one shape. */
export function ofOneShape(
  context: LayerContext,
  inputs: readonly [Feature, ...Feature[]],
): readonly [Feature, ...Feature[]] {
  const [{ shape }, ...others] = inputs;
  for (const other of others) {
    if (sameShape(other.shape, shape)) continue;
    throw context.mismatch('all its inputs have one shape', `[${shape.join(', ')}]`, other.shape);
  }
  return inOneOrder(context, inputs);
}
