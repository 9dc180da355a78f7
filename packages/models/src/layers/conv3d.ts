import { convolution } from './convolution.ts';
import type { SpecOf } from './layer.ts';

/** Convolution over volumes: [depth, height, width, channels] → [depth′, height′, width′, filters]. */
export const conv3d = convolution<SpecOf<'conv3d'>>(3);
