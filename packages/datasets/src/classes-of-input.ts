import type { DataSettings, DatasetManifest } from '@descent/contracts';

/** Names of the classes of an input: the text values of the column that feeds it. */
export function classesOfInput(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
  input: string,
): readonly string[] | undefined {
  const column = settings.inputs?.[input]?.columns[0] ?? input;
  return manifest.columns.find(({ name }) => name === column)?.classes;
}
