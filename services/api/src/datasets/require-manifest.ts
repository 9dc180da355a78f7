import { type DatasetManifest, nearestName } from '@descent/contracts';
import { builtinDatasets } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { findDataset, listDatasets } from '@descent/storage';
import type { Context } from '../context.ts';

/**
 * The manifest of a data set that a job names; a built-in one is read on its first use.
 * @throws DescentError REQUEST_INVALID (there is none), DATASET_NOT_READY
 */
export async function requireManifest(context: Context, id: string): Promise<DatasetManifest> {
  const dataset = await findDataset(context.db, id);
  if (dataset?.state === 'ready' && dataset.manifest !== null) return dataset.manifest;
  if (builtinDatasets.has(id)) return context.builtins.ingest(id);
  if (dataset !== null) throw new DescentError('DATASET_NOT_READY', { dataset: id, state: dataset.state });
  const known = [...builtinDatasets.keys(), ...(await listDatasets(context.db)).map((one) => one.id)];
  const didYouMean = nearestName(id, known);
  const suggestion = didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`;
  throw new DescentError('REQUEST_INVALID', {
    path: 'data.dataset',
    problem: `there is no data set "${id}"${suggestion}`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}
