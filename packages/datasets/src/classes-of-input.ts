import type { DataSettings, DatasetManifest } from '@descent/contracts';
import { sourceColumns } from './bind-inputs.ts';

/** Names of the classes of an input: the text values of the column that feeds it as it is. */
export function classesOfInput(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
  input: string,
): readonly string[] | undefined {
  const [first] = sourceColumns(settings.inputs?.[input] ?? { columns: [input] });
  if (first === undefined || first.transforms.length > 0) return undefined;
  return manifest.columns.find(({ name }) => name === first.name)?.classes;
}
