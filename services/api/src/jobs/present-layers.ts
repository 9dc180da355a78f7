import type { JobLayers, LayerNorms } from '@descent/contracts';
import type { LayerPoint } from '@descent/storage';

/** What was stored step by step, as columns that curves are drawn from. */
export function presentLayers(points: readonly LayerPoint[]): JobLayers {
  const names = [...new Set(points.flatMap(({ snapshot }) => Object.keys(snapshot.norms)))];
  const column = (name: string, value: (norms: LayerNorms) => number | null) =>
    points.map(({ snapshot }) => {
      const norms = snapshot.norms[name];
      return norms === undefined ? null : value(norms);
    });
  return {
    steps: points.map(({ step }) => step),
    epochs: points.map(({ epoch }) => epoch),
    parameters: names.map((name) => ({
      name,
      gradient: column(name, ({ gradient }) => gradient),
      parameter: column(name, ({ parameter }) => parameter),
      updateRatio: column(name, ratioOf),
    })),
    histograms: points.flatMap(({ step, snapshot: { histograms } }) =>
      histograms === undefined ? [] : [{ step, parameters: histograms }],
    ),
  };
}

/** A parameter of zeros has no ratio. */
function ratioOf({ parameter, change }: LayerNorms): number | null {
  if (parameter === null || change === null || parameter === 0) return null;
  return Number((change / parameter).toPrecision(5));
}
