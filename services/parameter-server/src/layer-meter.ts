import { type Histogram, histogramBins, type LayerNorms, type LayerSnapshot } from '@descent/contracts';
import type { ParameterLayout } from '@descent/models';
import type { Range, UpdateNorms } from '@descent/optimizers';

/** Of a larger parameter so many elements at even distances are counted: a snapshot costs under a millisecond each. */
const mostCounted = 65_536;

/** Adds up what the tiles of one update measure, parameter by parameter: the norms come with the update and cost nothing. */
export interface LayerMeter {
  tile(norms: UpdateNorms, range: Range): void;
  /**
   * @param divisor makes a mean of the summed gradient
   * @param values the version that the update has made, where its histograms are wanted
   */
  snapshot(divisor: number, values: Float32Array | undefined): LayerSnapshot;
}

interface Squares {
  gradient: number;
  parameter: number;
  change: number;
}

export function createLayerMeter({ entries }: Pick<ParameterLayout, 'entries'>): LayerMeter {
  const trained = entries.filter(({ trainable, length }) => trainable && length > 0);
  const squares = trained.map((): Squares => ({ gradient: 0, parameter: 0, change: 0 }));
  let place = 0;
  return {
    tile({ squaredGradient, squaredParameters, squaredChange }, { start }) {
      // Tiles come in the order of the parameters and never cross from one to the next.
      while (place + 1 < trained.length && start >= trained[place + 1]!.offset) place += 1;
      const sum = squares[place]!;
      sum.gradient += squaredGradient;
      sum.parameter += squaredParameters;
      sum.change += squaredChange;
    },
    snapshot(divisor, values) {
      const norms = trained.map(({ name }, index): [string, LayerNorms] => {
        const { gradient, parameter, change } = squares[index]!;
        return [
          name,
          {
            gradient: norm(gradient / divisor ** 2),
            parameter: norm(parameter),
            change: norm(change),
          },
        ];
      });
      if (values === undefined) return { norms: Object.fromEntries(norms) };
      const histograms = trained.flatMap(({ name, offset, length }): [string, Histogram][] => {
        const histogram = histogramOf(values.subarray(offset, offset + length));
        return histogram === undefined ? [] : [[name, histogram]];
      });
      return { norms: Object.fromEntries(norms), histograms: Object.fromEntries(histograms) };
    },
  };
}

/** To five digits, which is what the kernels measure. */
function norm(squares: number): number | null {
  const value = Math.sqrt(squares);
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

/** Of the finite values; undefined where there is none. */
export function histogramOf(values: Float32Array): Histogram | undefined {
  const distance = Math.ceil(values.length / mostCounted);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += distance) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return undefined;
  const counts = new Array<number>(histogramBins).fill(0);
  const scale = high > low ? histogramBins / (high - low) : 0;
  for (let index = 0; index < values.length; index += distance) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    counts[Math.min(histogramBins - 1, Math.floor((value - low) * scale))]! += 1;
  }
  return { low, high, counts };
}
