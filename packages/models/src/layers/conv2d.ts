import { convolution } from './convolution.ts';
import type { SpecOf } from './layer.ts';

/** Convolution over images: [height, width, channels] → [height′, width′, filters]. */
export const conv2d = convolution<SpecOf<'conv2d'>>(2);
