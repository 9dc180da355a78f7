import { type DatasetManifest, nearestName } from '@descent/contracts';
import { builtinDatasets } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { findDataset, listDatasets, owningTeam } from '@descent/storage';
import type { Context } from '../context.ts';

/**
 * The manifest of a data set that a job names; a built-in one is read on its first use.
 * @param seen the team whose data sets the job may use; left out: every team's
 * @throws DescentError REQUEST_INVALID (there is none, or it is another team's), DATASET_NOT_READY
 */
export async function requireManifest(
  context: Context,
  id: string,
  seen: { readonly team?: string },
): Promise<DatasetManifest> {
  const owner = await owningTeam(context.db, 'datasets', id);
  const visible = seen.team === undefined || owner === null || owner === seen.team;
  const dataset = visible ? await findDataset(context.db, id) : null;
  if (dataset?.state === 'ready' && dataset.manifest !== null) return dataset.manifest;
  if (builtinDatasets.has(id)) return context.builtins.ingest(id);
  if (dataset !== null) throw new DescentError('DATASET_NOT_READY', { dataset: id, state: dataset.state });
  const known = [...builtinDatasets.keys(), ...(await listDatasets(context.db, seen)).map((one) => one.id)];
  const didYouMean = nearestName(id, known);
  const suggestion = didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`;
  throw new DescentError('REQUEST_INVALID', {
    path: 'data.dataset',
    problem: `there is no data set "${id}"${suggestion}`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}
