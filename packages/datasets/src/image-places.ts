import { DescentError } from '@descent/errors';
import { parseNumber } from './cell-values.ts';
import { splitOfWord } from './place-of-file.ts';

/** Where an image goes, and what its folder or the table says it shows. */
export interface ImagePlace {
  readonly split: string;
  /** Code of its class, or the number in the table; undefined when there are no labels. */
  readonly label: number | undefined;
}

export interface ImagePlaces {
  /** By the name of the file in the archive. */
  readonly places: ReadonlyMap<string, ImagePlace>;
  readonly splits: readonly string[];
  /** Names of the classes; undefined when labels are numbers or there are none. */
  readonly classes: readonly string[] | undefined;
  readonly labels: 'int32' | 'float32' | undefined;
}

interface Labelled {
  readonly name: string;
  readonly split: string;
  readonly label: string | undefined;
}

/**
 * Folders say `split/class/file`, `class/file` or `split/file`, below any number of folders that hold everything. With a table,
 * its rows say it instead, and images that it does not name are left out.
 * Throws IMAGE_FOLDERS_INVALID.
 */
export function placeImages(
  names: readonly string[],
  table: readonly (readonly string[])[] | undefined,
  split: string,
): ImagePlaces {
  const images = table === undefined ? byFolders(names, split) : byTable(names, table, split);
  const splits = [...new Set(images.map((image) => image.split))];
  const texts = [...new Set(images.map(({ label }) => label))];
  if (texts.every((label) => label === undefined)) {
    return { places: placed(images, () => undefined), splits, classes: undefined, labels: undefined };
  }
  const numbers = table === undefined ? [] : texts.map((label) => parseNumber(label ?? '', '.'));
  if (numbers.length > 0 && numbers.every((number) => number !== undefined)) {
    const labels = numbers.every((number) => number === (number | 0)) ? 'int32' : 'float32';
    return { places: placed(images, Number), splits, classes: undefined, labels };
  }
  const classes = texts.filter((label) => label !== undefined).sort();
  const codes = new Map(classes.map((label, code) => [label, code]));
  return { places: placed(images, (label) => codes.get(label)), splits, classes, labels: 'int32' };
}

function placed(
  images: readonly Labelled[],
  labelOf: (label: string) => number | undefined,
): Map<string, ImagePlace> {
  return new Map(
    images.map(({ name, split, label }) => [
      name,
      { split, label: label === undefined ? undefined : labelOf(label) },
    ]),
  );
}

function byFolders(names: readonly string[], split: string): Labelled[] {
  const skip = commonFolders(names);
  const rests = names.map((name) => name.split('/').slice(skip, -1));
  const depths = new Set(rests.map((rest) => rest.length));
  const odd = rests.findIndex((rest) => rest.length !== rests[0]!.length || rest.length > 2);
  if (odd >= 0 || depths.size > 1) {
    throw invalid(
      `"${names[Math.max(0, odd)]}" stands ${rests[Math.max(0, odd)]!.length} folders deep; folders must be split/class/file or class/file throughout`,
    );
  }
  const splitsOnly = rests.every(([folder]) => folder !== undefined && splitOfWord(folder) !== undefined);
  return names.map((name, i): Labelled => {
    const [first, second] = rests[i]!;
    if (second !== undefined) return { name, split: splitOfWord(first!) ?? first!, label: second };
    if (first === undefined) return { name, split, label: undefined };
    return splitsOnly
      ? { name, split: splitOfWord(first)!, label: undefined }
      : { name, split, label: first };
  });
}

/** How many folders, from the top, hold all of the files without saying split or class. */
function commonFolders(names: readonly string[]): number {
  const [first = [], ...others] = names.map((name) => name.split('/').slice(0, -1));
  let common = 0;
  while (
    common < first.length &&
    splitOfWord(first[common]!) === undefined &&
    others.every((folders) => folders[common] === first[common])
  )
    common++;
  // A single class in a single folder still is a class.
  return others.length === 0 ? Math.max(0, common - 1) : common;
}

const fileHeads = ['file', 'filename', 'file_name', 'path', 'image', 'name', 'id'];
const labelHeads = ['label', 'class', 'target', 'category', 'y'];

/** Whether the first row of a table names files and labels. */
export function isLabelTable([head]: readonly (readonly string[])[]): boolean {
  return head !== undefined && columnOf(head, fileHeads) >= 0 && columnOf(head, labelHeads) >= 0;
}

function byTable(
  names: readonly string[],
  [head = [], ...rows]: readonly (readonly string[])[],
  split: string,
): Labelled[] {
  const [file, label, splitAt] = [
    columnOf(head, fileHeads),
    columnOf(head, labelHeads),
    columnOf(head, ['split']),
  ];
  const known = new Map<string, string | null>();
  for (const name of names) {
    // A row may name a file by the end of its path, as long as only one has it.
    for (let at = 0; at >= 0; at = name.indexOf('/', at + 1)) {
      const end = name.slice(at === 0 ? 0 : at + 1);
      for (const key of [end, end.replace(/\.[a-z]+$/i, '')]) known.set(key, known.has(key) ? null : name);
    }
  }
  const seen = new Set<string>();
  return rows.map((row, r): Labelled => {
    const name = known.get(row[file]!.trim().replace(/^\.\//, ''));
    if (name === undefined)
      throw invalid(`row ${r + 2} of the table names "${row[file]}", which is not there`);
    if (name === null)
      throw invalid(`row ${r + 2} of the table names "${row[file]}", which several files are`);
    if (seen.has(name)) throw invalid(`row ${r + 2} of the table names "${row[file]}" again`);
    seen.add(name);
    const word = splitAt < 0 ? split : row[splitAt]!.trim();
    return { name, split: splitOfWord(word) ?? word, label: row[label]!.trim() };
  });
}

function columnOf(head: readonly string[], wanted: readonly string[]): number {
  return head.findIndex((cell) => wanted.includes(cell.trim().toLowerCase()));
}

function invalid(problem: string): DescentError {
  return new DescentError('IMAGE_FOLDERS_INVALID', { problem });
}
