import type { Feature } from '../feature.ts';
import { activate } from './activate.ts';
import { attend } from './attention.ts';
import { dropOut } from './drop-out.ts';
import type { Layer, LayerContext, SpecOf } from './layer.ts';
import { normalizeLayer } from './layer-normalization.ts';
import { linear } from './linear.ts';

/**
 * Self-attention and two dense layers, each added to its input: [length, features] → [length, features].
 * `pre`: x + part(norm(x)) (Radford et al. 2019); `post`: norm(x + part(x)) (Vaswani et al. 2017).
 */
export const transformerBlock: Layer<SpecOf<'transformerBlock'>> = {
  takes: [1, 2],
  reads: ['float32', 'int32'],
  build: (context, [input, mask], spec) => {
    const { useBias, kernelInitializer, dropout = 0, epsilon = 1e-5, activation = 'gelu' } = spec;
    if ((spec.mask === undefined) !== (mask === undefined)) {
      throw context.invalid('transformerBlock takes exactly one input, got 2');
    }
    if (input.shape.length !== 2) {
      throw context.mismatch('it works on sequences', '[length, features]', input.shape);
    }
    const features = input.shape[1]!;
    const attention = (part: LayerContext, x: Feature) =>
      attend(part, { query: x, key: x, value: x, mask }, spec);
    const feedForward = (part: LayerContext, x: Feature) => {
      const units = spec.feedForwardUnits ?? 4 * features;
      const hidden = part.part('hidden', (inner) =>
        activate(inner, linear(inner, x, { units, useBias, kernelInitializer }), activation),
      );
      return part.part('output', (inner) =>
        linear(inner, hidden, { units: features, useBias, kernelInitializer }),
      );
    };
    const added = (name: string, x: Feature, build: typeof attention): Feature => {
      const normalize = (value: Feature) =>
        context.part(`${name}Normalization`, (part) => normalizeLayer(part, value, {}, epsilon));
      const before = spec.normalization === 'post' ? x : normalize(x);
      const result = context.part(name, (part) => build(part, before));
      const kept = context.part(`${name}Dropout`, (part) => dropOut(part, result, dropout));
      const sum = { ...x, value: context.graph.add('Add', [x.value, kept.value]) };
      return spec.normalization === 'post' ? normalize(sum) : sum;
    };
    return added('feedForward', added('attention', input, attention), feedForward);
  },
};
