import type { TransformOf } from '@descent/contracts';
import { changed, imageOf, numbers, type Rule } from './flow.ts';

export const rotate: Rule<TransformOf<'rotate'>> = {
  compile({ degrees }, flow, place) {
    numbers(flow, place);
    const { height, width, channels } = imageOf(flow, place);
    const { position } = place;
    const centreY = (height - 1) / 2;
    const centreX = (width - 1) / 2;
    const after = changed(flow, { bytes: flow.bytes, original: flow.original });
    return {
      flow: after,
      step: {
        kind: 'row',
        run(from, to, draw) {
          const angle = draw === undefined ? 0 : (2 * draw.uniform(position, 0) - 1) * degrees;
          const { sine, cosine } = sineAndCosine((angle * Math.PI) / 180);
          const at = (y: number, x: number, c: number) =>
            y < 0 || y >= height || x < 0 || x >= width ? 0 : from[(y * width + x) * channels + c]!;
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const sourceY = centreY + (y - centreY) * cosine - (x - centreX) * sine;
              const sourceX = centreX + (y - centreY) * sine + (x - centreX) * cosine;
              const y0 = Math.floor(sourceY);
              const x0 = Math.floor(sourceX);
              const down = sourceY - y0;
              const right = sourceX - x0;
              for (let c = 0; c < channels; c++) {
                const top = at(y0, x0, c) * (1 - right) + at(y0, x0 + 1, c) * right;
                const bottom = at(y0 + 1, x0, c) * (1 - right) + at(y0 + 1, x0 + 1, c) * right;
                to[(y * width + x) * channels + c] = top * (1 - down) + bottom * down;
              }
            }
          }
        },
      },
    };
  },
};

/**
 * Taylor series to the 30th power, exact to 10⁻¹⁵ for |x| ≤ π: only + and × and ÷, so the same bits everywhere, which
 * `Math.sin` does not promise.
 */
export function sineAndCosine(x: number): { readonly sine: number; readonly cosine: number } {
  let sine = 0;
  let cosine = 0;
  let term = 1;
  for (let power = 0; power <= 30; power++) {
    const sign = (power >> 1) % 2 === 0 ? 1 : -1;
    if (power % 2 === 0) cosine += sign * term;
    else sine += sign * term;
    term = (term * x) / (power + 1);
  }
  return { sine, cosine };
}
