import { nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { datasetVersions, listDatasets, type TokenRecord } from '@descent/storage';
import type { Context } from '../context.ts';
import { teamSeen } from '../http/authorize.ts';

/**
 * The id of what a job names by id or as `name@version`; of teams that have one of that name, the caller's comes first.
 * @throws DescentError REQUEST_INVALID (there is no such name or version)
 */
export async function resolveDataset(
  { db }: Pick<Context, 'db'>,
  reference: string,
  caller: TokenRecord,
): Promise<string> {
  const at = reference.lastIndexOf('@');
  if (at < 0) return reference;
  const [name, wanted] = [reference.slice(0, at), reference.slice(at + 1)];
  const seen = teamSeen(caller);
  const all = await datasetVersions(db, name, seen);
  const own = all.filter(({ team }) => team === caller.teamId);
  const versions = own.length > 0 ? own : all;
  const found = versions.find(({ version, state }) =>
    wanted === 'latest' ? state === 'ready' : version === Number(wanted),
  );
  if (found !== undefined) return found.id;
  const names = versions.length > 0 ? [] : (await listDatasets(db, seen)).map((one) => one.name);
  const didYouMean = nearestName(name, names);
  const problem =
    versions.length > 0
      ? `data set "${name}" has no version ${wanted}; it has ${versions.map(({ version }) => version).join(', ')}`
      : `there is no data set of the name "${name}"`;
  throw new DescentError('REQUEST_INVALID', {
    path: 'data.dataset',
    problem: didYouMean === undefined ? problem : `${problem}; did you mean "${didYouMean}"?`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}
