import type { Layer, SpecOf } from './layer.ts';

/** A block whose layers are written out before it (expand-layers.ts): it hands on what the last of them made. */
export const identityBlock: Layer<SpecOf<'repeat'> | SpecOf<'call'>> = {
  takes: 'one',
  reads: ['float32', 'int32'],
  build: (_, [result]) => result,
};
