import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltinDataset, BuiltinFiles } from './builtin-dataset.ts';
import { categoryColumn, type MemoryColumn, memorySplit, numberColumn } from './memory-split.ts';

const files: BuiltinFiles = { from: 'npm', package: 'vega-datasets' };
type Row = Readonly<Record<string, string | number | null>>;

async function rowsOf(folder: string, name: string): Promise<Row[]> {
  return JSON.parse(await readFile(join(folder, 'data', name), 'utf8')) as Row[];
}

const numbersIn = (rows: readonly Row[], name: string, field: string): MemoryColumn =>
  numberColumn(
    name,
    rows.map((row) => (typeof row[field] === 'number' ? row[field] : null)),
  );

/** A full stop stands where nothing was noted. */
const textsIn = (rows: readonly Row[], name: string, field: string): MemoryColumn =>
  categoryColumn(
    name,
    rows.map((row) =>
      row[field] === null || row[field] === undefined || row[field] === '.' ? null : String(row[field]),
    ),
  );

export const penguins: BuiltinDataset = {
  id: 'builtin:penguins',
  title: 'Palmer penguins: island, measures and sex of 344 birds of 3 species, some missing',
  source: 'K. Gorman, A. Horst, A. Hill, 2020; penguins.json in the npm package vega-datasets',
  licence: 'CC0',
  hash: '0b2c7298b2b6ad5f817810e0e9d3a49834ac0105c8067db740477ce8ae0d2aba',
  files,
  async open(folder) {
    const rows = await rowsOf(folder, 'penguins.json');
    return [
      memorySplit('train', [
        textsIn(rows, 'species', 'Species'),
        textsIn(rows, 'island', 'Island'),
        numbersIn(rows, 'beakLength', 'Beak Length (mm)'),
        numbersIn(rows, 'beakDepth', 'Beak Depth (mm)'),
        numbersIn(rows, 'flipperLength', 'Flipper Length (mm)'),
        numbersIn(rows, 'bodyMass', 'Body Mass (g)'),
        textsIn(rows, 'sex', 'Sex'),
      ]),
    ];
  },
};

export const movies: BuiltinDataset = {
  id: 'builtin:movies',
  title: 'Movies: money, genre, length and ratings of 3,201 films, many values missing',
  source: 'movies.json in the npm package vega-datasets',
  licence: 'as the package: BSD-3-Clause; collected from public pages',
  hash: '6571795597286379211a51d516194ffcd8ab9895a356a8a1ea61feae03710ae0',
  files,
  async open(folder) {
    const rows = await rowsOf(folder, 'movies.json');
    return [
      memorySplit('train', [
        numbersIn(rows, 'usGross', 'US Gross'),
        numbersIn(rows, 'worldwideGross', 'Worldwide Gross'),
        numbersIn(rows, 'budget', 'Production Budget'),
        numbersIn(rows, 'runningTime', 'Running Time min'),
        textsIn(rows, 'mpaaRating', 'MPAA Rating'),
        textsIn(rows, 'source', 'Source'),
        textsIn(rows, 'genre', 'Major Genre'),
        textsIn(rows, 'creativeType', 'Creative Type'),
        numbersIn(rows, 'rottenTomatoes', 'Rotten Tomatoes Rating'),
        numbersIn(rows, 'imdbRating', 'IMDB Rating'),
        numbersIn(rows, 'imdbVotes', 'IMDB Votes'),
      ]),
    ];
  },
};
