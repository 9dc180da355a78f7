import { convolution } from './convolution.ts';
import type { SpecOf } from './layer.ts';

/** Convolution over one axis: [length, channels] → [length′, filters]. */
export const conv1d = convolution<SpecOf<'conv1d'>>(1);
