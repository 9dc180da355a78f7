import type { TransformOf } from '@descent/contracts';
import { changed, imageOf, numbers, type Rule } from './flow.ts';

/** Weights of ITU-R BT.601, by which red, green and blue add up to grey. */
const greyOf = (pixels: Float64Array, at: number) =>
  0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;

export const colourJitter: Rule<TransformOf<'colourJitter'>> = {
  compile({ brightness = 0, contrast = 0, saturation = 0 }, flow, place) {
    numbers(flow, place);
    const { height, width, channels } = imageOf(flow, place);
    if (saturation > 0 && channels !== 3) {
      throw place.invalid(`\`saturation\` is for 3 channels; the image has ${channels}`);
    }
    const { position } = place;
    const pixels = height * width;
    const elements = pixels * channels;
    const limit = flow.bytes ? (x: number) => Math.min(255, Math.max(0, x)) : (x: number) => x;
    return {
      flow: changed(flow, { bytes: flow.bytes, original: flow.original }),
      step: {
        kind: 'row',
        run(from, to, draw) {
          const factor = (strength: number, index: number) =>
            draw === undefined || strength === 0 ? 1 : 1 + (2 * draw.uniform(position, index) - 1) * strength;
          const bright = factor(brightness, 0);
          for (let i = 0; i < elements; i++) to[i] = limit(from[i]! * bright);
          const apart = factor(contrast, 1);
          if (apart !== 1) {
            let sum = 0;
            for (let p = 0; p < pixels; p++) sum += channels === 3 ? greyOf(to, p * 3) : to[p * channels]!;
            const mean = sum / pixels;
            for (let i = 0; i < elements; i++) to[i] = limit(mean + (to[i]! - mean) * apart);
          }
          const colour = factor(saturation, 2);
          if (colour === 1) return;
          for (let p = 0; p < pixels; p++) {
            const grey = greyOf(to, p * 3);
            for (let c = 0; c < 3; c++) to[p * 3 + c] = limit(grey + (to[p * 3 + c]! - grey) * colour);
          }
        },
      },
    };
  },
};
