import { type Static, Type } from 'typebox';
import { defineRecursive } from '../recursive.ts';
import { basicLayerSchemas } from './layers/basic.ts';
import { blockLayerSchemas, type RepeatSpec, type ResidualSpec } from './layers/blocks.ts';
import { callLayerSchemas } from './layers/call.ts';
import { convolutionLayerSchemas } from './layers/convolution.ts';
import { mergingLayerSchemas } from './layers/merging.ts';
import { normalizationLayerSchemas } from './layers/normalization.ts';
import { poolingLayerSchemas } from './layers/pooling.ts';
import { sequenceLayerSchemas } from './layers/sequence.ts';
import { shapeLayerSchemas } from './layers/shape.ts';

export { FunctionSpec, type RepeatSpec, type ResidualSpec } from './layers/blocks.ts';
export { Activation, activationNames } from './layers/fields.ts';
export type { MarginPerAxis, PerAxis, Rank } from './layers/window.ts';

const flatLayerSchemas = {
  ...basicLayerSchemas,
  ...convolutionLayerSchemas,
  ...poolingLayerSchemas,
  ...shapeLayerSchemas,
  ...mergingLayerSchemas,
  ...normalizationLayerSchemas,
  ...sequenceLayerSchemas,
  ...callLayerSchemas,
} as const;
type FlatLayerType = keyof typeof flatLayerSchemas;

/** One schema per layer type, in Keras' words. Images are channels-last, as in Keras. */
export const layerSchemas = { ...flatLayerSchemas, ...blockLayerSchemas } as const;
export type LayerType = keyof typeof layerSchemas;
export type LayerSpec =
  | { [T in FlatLayerType]: Static<(typeof flatLayerSchemas)[T]> }[FlatLayerType]
  | ResidualSpec
  | RepeatSpec;
export const LayerSpec = Type.Unsafe<LayerSpec>(Type.Union(Object.values(layerSchemas), { title: 'layer' }));
defineRecursive('layer', LayerSpec);
