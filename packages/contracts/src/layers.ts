import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

/** Points of a whole training job, at even steps: enough for a curve, and bounded however long the job is. */
const mostLayerPoints = 512;
/** Of these points, every so many have histograms. */
const pointsPerHistogram = 16;

export const histogramBins = 32;

/** Steps from one measurement of the layers to the next: all servers of a job measure the same steps. */
export function layerStride(steps: number): number {
  return Math.max(1, Math.ceil(steps / mostLayerPoints));
}

/** Whether the layers are measured after so many updates: not at all, by norms, or with histograms too. */
export function layersDue(version: number, steps: number): 'none' | 'norms' | 'histograms' {
  const stride = layerStride(steps);
  if (version !== steps && version % stride !== 0) return 'none';
  const isEdge = version === stride || version === steps;
  return isEdge || version % (stride * pointsPerHistogram) === 0 ? 'histograms' : 'norms';
}

const Norm = Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description: 'null: not finite' });

export const Histogram = Closed({
  low: Type.Number(),
  high: Type.Number({ description: 'Bins of equal width lie between both' }),
  counts: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: histogramBins }),
});
export type Histogram = Static<typeof Histogram>;

/** What one update did to one parameter. */
export const LayerNorms = Closed({
  gradient: { ...Norm, description: 'L2 norm of its mean gradient, before clipping' },
  parameter: { ...Norm, description: 'L2 norm of its values before the update' },
  change: { ...Norm, description: 'L2 norm of what the update added' },
});
export type LayerNorms = Static<typeof LayerNorms>;

/** Of every trained parameter, by name; measured with the update itself. */
export const LayerSnapshot = Closed({
  norms: Type.Record(Type.String(), LayerNorms),
  histograms: Type.Optional(
    Type.Record(Type.String(), Histogram, {
      description: 'Of the values after the update; of a large parameter 65,536 at even distances',
    }),
  ),
});
export type LayerSnapshot = Static<typeof LayerSnapshot>;

const Curve = Type.Array(Norm, { description: 'One value per entry of `steps`' });

/** How the parameters of a job moved, column by column. */
export const JobLayers = Closed({
  steps: Type.Array(Type.Integer(), { description: 'Updates applied when it was measured; ascending' }),
  epochs: Type.Array(Type.Number()),
  parameters: Type.Array(
    Closed({
      name: Type.String(),
      gradient: Curve,
      parameter: Curve,
      updateRatio: { ...Curve, description: 'Norm of the update ÷ norm of the values' },
    }),
    { description: 'The trained parameters, in the order of the model' },
  ),
  histograms: Type.Array(Closed({ step: Type.Integer(), parameters: Type.Record(Type.String(), Histogram) })),
});
export type JobLayers = Static<typeof JobLayers>;
