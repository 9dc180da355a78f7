/** What the name of one of several files says of its place in the data set. */
export interface FilePlace {
  readonly split?: string;
  /** Of the only array in the file. */
  readonly column?: string;
}

/** Words for a split in the names of files and folders, and what we call it. */
const splitWords: ReadonlyMap<string, string> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['test', 'test'],
  ['testing', 'test'],
  ['t10k', 'test'],
  ['valid', 'validation'],
  ['val', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
]);

/** Columns of the files that MNIST and its successors come in, so that all four together are a data set. */
const idxColumns: ReadonlyMap<string, string> = new Map([
  ['images', 'image'],
  ['labels', 'label'],
]);

/** The split that a folder or a word of a file name means; undefined for any other word. */
export function splitOfWord(word: string): string | undefined {
  return splitWords.get(word.toLowerCase());
}

/**
 * `train.csv`, `train/part-1.csv`, `X_train.npy` and `t10k-labels-idx1-ubyte.gz` name a split by a word at the start or
 * end of their name or by their folder; what is left of the name is the column of an array.
 */
export function placeOfFile(name: string): FilePlace {
  const parts = name.split('/');
  const stem = parts
    .pop()!
    .replace(/(?:\.(?:gz|csv|tsv|txt|jsonl|ndjson|parquet|np[yz]|idx|safetensors))+$/i, '');
  const folder = parts.map(splitOfWord).find((split) => split !== undefined);
  const words = stem.replace(/-idx\d-ubyte$/i, '').split(/[-_. ]+/);
  const first = splitOfWord(words[0]!);
  const last = splitOfWord(words.at(-1)!);
  const split = folder ?? first ?? last;
  const rest = first !== undefined ? words.slice(1) : last !== undefined ? words.slice(0, -1) : words;
  const column = rest.join('_').replaceAll(/[^\w -]/g, '_');
  return {
    ...(split === undefined ? {} : { split }),
    ...(column === '' ? {} : { column: idxColumns.get(column) ?? column }),
  };
}
