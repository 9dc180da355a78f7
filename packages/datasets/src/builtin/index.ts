import { nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ArtifactSink } from '../artifacts.ts';
import { type WrittenDataset, writeDataset } from '../write-dataset.ts';
import { brown } from './brown.ts';
import { type BuiltinDataset, builtinFolder, installCommand } from './builtin-dataset.ts';
import { copyTask, moons, sinusoids, spirals } from './generated.ts';
import { fashionMnist, mnist } from './idx-images.ts';
import { breastCancer, digits, iris, wine } from './scikit-learn.ts';
import { shapes } from './shapes.ts';
import { spamAssassin } from './spam.ts';
import { movies, penguins } from './vega.ts';

/** Data sets that need no upload. */
export const builtinDatasets: ReadonlyMap<string, BuiltinDataset> = new Map(
  [
    mnist,
    fashionMnist,
    digits,
    iris,
    wine,
    breastCancer,
    penguins,
    movies,
    spamAssassin,
    brown,
    shapes,
    spirals,
    moons,
    sinusoids,
    copyTask,
  ].map((dataset) => [dataset.id, dataset]),
);

/** The command that installs the files of a built-in data set; undefined when they are there. */
export function missingInstall({ files }: BuiltinDataset): string | undefined {
  return builtinFolder(files) === undefined ? installCommand(files) : undefined;
}

/** Throws DATASET_NOT_FOUND, DATASET_FILES_MISSING. */
export async function ingestBuiltin(id: string, sink: ArtifactSink): Promise<WrittenDataset> {
  const dataset = builtinDatasets.get(id);
  if (dataset === undefined) {
    const didYouMean = nearestName(id, builtinDatasets.keys());
    throw new DescentError('DATASET_NOT_FOUND', { dataset: id, didYouMean });
  }
  const folder = builtinFolder(dataset.files);
  if (folder === undefined) {
    const problem = `install them with \`${installCommand(dataset.files)}\``;
    throw new DescentError('DATASET_FILES_MISSING', { dataset: id, problem });
  }
  return writeDataset(await open(dataset, folder), sink);
}

async function open(dataset: BuiltinDataset, folder: string) {
  try {
    return await dataset.open(folder);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    const { message: problem } = cause;
    throw new DescentError('DATASET_FILES_MISSING', { dataset: dataset.id, problem }, { cause });
  }
}
