import type { TransformOf } from '@descent/contracts';
import { type Flow, imageOf, type Rule } from './flow.ts';

export const crop: Rule<TransformOf<'crop'>> = {
  compile({ height, width, padding = 0 }, flow, place) {
    const image = imageOf(flow, place);
    const spareRows = image.height + 2 * padding - height;
    const spareColumns = image.width + 2 * padding - width;
    if (spareRows < 0 || spareColumns < 0) {
      throw place.invalid(
        `${height} × ${width} does not fit into the image of ${image.height} × ${image.width} with a padding of ${padding}`,
      );
    }
    const { channels } = image;
    const { position } = place;
    const shape = flow.shape.length === 2 ? [height, width] : [height, width, channels];
    const after: Flow = {
      ...flow,
      shape,
      ...(flow.range === undefined || padding === 0
        ? {}
        : {
            range: { minimum: Math.min(0, flow.range.minimum), maximum: Math.max(0, flow.range.maximum) },
          }),
    };
    return {
      flow: after,
      step: {
        kind: 'row',
        run(from, to, draw) {
          const offset = (spare: number, index: number) =>
            draw === undefined ? spare >> 1 : Math.floor(draw.uniform(position, index) * (spare + 1));
          const top = offset(spareRows, 0) - padding;
          const left = offset(spareColumns, 1) - padding;
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const row = y + top;
              const column = x + left;
              const inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
              const source = (row * image.width + column) * channels;
              const target = (y * width + x) * channels;
              for (let c = 0; c < channels; c++) to[target + c] = inside ? from[source + c]! : 0;
            }
          }
        },
      },
    };
  },
};
