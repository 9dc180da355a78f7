import type { TransformOf } from '@descent/contracts';
import { imageOf, type Rule } from './flow.ts';

export const flip: Rule<TransformOf<'flip'>> = {
  compile({ axis = 'horizontal', probability = 0.5 }, flow, place) {
    const { height, width, channels } = imageOf(flow, place);
    const { position } = place;
    const elements = height * width * channels;
    return {
      flow,
      step: {
        kind: 'row',
        run(from, to, draw) {
          if (draw === undefined || draw.uniform(position, 0) >= probability) {
            for (let i = 0; i < elements; i++) to[i] = from[i]!;
            return;
          }
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const row = axis === 'vertical' ? height - 1 - y : y;
              const column = axis === 'horizontal' ? width - 1 - x : x;
              const source = (row * width + column) * channels;
              const target = (y * width + x) * channels;
              for (let c = 0; c < channels; c++) to[target + c] = from[source + c]!;
            }
          }
        },
      },
    };
  },
};
