import { elementCount } from '@descent/tensors';
import { renderShape, type Shape } from '../dim.ts';
import type { ShapeContext } from '../operation.ts';
import { mismatch } from './refuse.ts';
import { type Window, windowOffsets } from './window.ts';

/** Sizes of a grouped convolution: x [samples, channels, ...window.input], y [samples, filters, ...window.output]. */
export interface Convolution {
  readonly window: Window;
  readonly samples: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
}

/** One multiply-add of a convolution: offsets into x, into the weight [filters, channels ÷ groups, ...kernel], into y. */
type Visit = (x: number, weight: number, y: number) => void;

/**
 * Walks every product that a convolution sums. Forward, input gradient and weight gradient are the same walk; they
 * differ in which of the three tensors they add to.
 */
export function walkConvolution(convolution: Convolution, visit: Visit): void {
  const { window, samples, channels, filters, groups } = convolution;
  const at = windowOffsets(window);
  const [places, elements] = [elementCount(window.output), elementCount(window.kernel)];
  const plane = elementCount(window.input);
  const depth = channels / groups;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let filter = 0; filter < filters; filter += 1) {
      const group = Math.floor(filter / (filters / groups));
      for (let channel = 0; channel < depth; channel += 1) {
        const planeX = (sample * channels + group * depth + channel) * plane;
        const kernel = (filter * depth + channel) * elements;
        const planeY = (sample * filters + filter) * places;
        for (let place = 0; place < places; place += 1) {
          for (let element = 0; element < elements; element += 1) {
            const inside = at[place * elements + element]!;
            if (inside >= 0) visit(planeX + inside, kernel + element, planeY + place);
          }
        }
      }
    }
  }
}

export function convolutionFlops({ window, samples, channels, filters, groups }: Convolution): number {
  return (
    2 * samples * filters * elementCount(window.output) * (channels / groups) * elementCount(window.kernel)
  );
}

/** X and W have as many axes, at least one of them spatial, and nothing but the first axis of X holds the batch. */
export function checkAxes(context: ShapeContext, x: Shape, w: Shape, axesOfW: string): void {
  if (x.length < 3 || w.length !== x.length) {
    throw mismatch(
      context,
      `X is [n, channels, ...spatial] and W ${axesOfW}; they are ${renderShape(x)} and ${renderShape(w)}`,
    );
  }
  if (x.slice(1).some((dim) => typeof dim !== 'number') || w.some((dim) => typeof dim !== 'number')) {
    throw mismatch(
      context,
      `only the first axis of X may hold the batch: ${renderShape(x)}, ${renderShape(w)}`,
    );
  }
}
