import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JobCreate, JobCreate as JobCreateSchema, type Scores, validate } from '@descent/contracts';
import { builtinDatasets, missingInstall } from '@descent/datasets';
import { runDescent, type Stack, startStack, whenJobState } from '@descent/testkit';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * The jobs of examples/ on real data, one after the other on one stack, each with what it must reach. A set whose package
 * is not installed is skipped.
 */
let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descent-real-'));
  stack = await startStack({ workers: 2 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack?.stop();
});

const example = (name: string): JobCreate =>
  validate(
    JobCreateSchema,
    JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')),
  );

async function train(job: JobCreate, timeoutMs = 170_000): Promise<Scores> {
  const { id } = await stack.client.jobs.create(job);
  const ended = await whenJobState(stack.client, id, 'succeeded', { timeoutMs });
  // The figures, for whoever compares them with those of another day.
  console.info(`${job.name}: ${JSON.stringify(ended.validation)}`);
  return ended.validation!;
}

async function push(name: string, content: Uint8Array | string): Promise<string> {
  writeFileSync(join(folder, name), content);
  const env = { DESCENT_URL: stack.url, DESCENT_TOKEN: stack.token };
  const { code, stdout, stderr } = await runDescent(['datasets', 'push', name], { cwd: folder, env });
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

const installed = (id: string) => missingInstall(builtinDatasets.get(id)!) === undefined;

type Row = Readonly<Record<string, string | number | null>>;

function vegaRows(file: string): Row[] {
  const url = new URL(`../../node_modules/vega-datasets/data/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Row[];
}

/** The images of a data set as PNG files in `split/class/file` folders. */
async function zipOf(id: string): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  let number = 0;
  for (const { name: split, columns, blocks } of await builtinDatasets.get(id)!.open('')) {
    const [image, label] = columns;
    const [height, width, channels] = image!.shape as [number, number, 3];
    const bytes = height * width * channels;
    for await (const { count, data } of blocks()) {
      for (let sample = 0; sample < count; sample++) {
        const pixels = Uint8Array.from(data[0]!.subarray(sample * bytes, (sample + 1) * bytes));
        const folder = `${split}/${label!.classes![data[1]![sample]!]}`;
        files[`${folder}/${number++}.png`] = await sharp(pixels, {
          raw: { width, height, channels },
        })
          .png({ compressionLevel: 1 })
          .toBuffer();
      }
    }
  }
  return zipSync(files, { level: 0 });
}

test('penguins, a CSV file with missing values and categories: at least 97 % right', async () => {
  const fields = {
    species: 'Species',
    island: 'Island',
    beakLength: 'Beak Length (mm)',
    beakDepth: 'Beak Depth (mm)',
    flipperLength: 'Flipper Length (mm)',
    bodyMass: 'Body Mass (g)',
    sex: 'Sex',
  };
  const cell = (value: Row[string] | undefined) => (value === null || value === '.' ? '' : value);
  const lines = vegaRows('penguins.json').map((row) =>
    Object.values(fields)
      .map((field) => cell(row[field]))
      .join(','),
  );
  const dataset = await push('penguins.csv', [Object.keys(fields).join(','), ...lines].join('\n'));
  const job = example('penguins');
  expect((await train({ ...job, data: { ...job.data, dataset } })).accuracy).toBeGreaterThanOrEqual(0.97);
});

test('movies, a Parquet file: a third less squared error than the mean, as r² says', async () => {
  const rows = vegaRows('movies.json');
  const numbers = {
    usGross: 'US Gross',
    worldwideGross: 'Worldwide Gross',
    budget: 'Production Budget',
    runningTime: 'Running Time min',
    rottenTomatoes: 'Rotten Tomatoes Rating',
    imdbRating: 'IMDB Rating',
    imdbVotes: 'IMDB Votes',
  };
  const texts = {
    mpaaRating: 'MPAA Rating',
    source: 'Source',
    genre: 'Major Genre',
    creativeType: 'Creative Type',
  };
  const columnData = [
    ...Object.entries(numbers).map(([name, field]) => ({
      name,
      type: 'DOUBLE' as const,
      data: rows.map((row) => (typeof row[field] === 'number' ? row[field] : null)),
    })),
    ...Object.entries(texts).map(([name, field]) => ({
      name,
      type: 'STRING' as const,
      data: rows.map((row) => (row[field] === null ? null : String(row[field]))),
    })),
  ];
  const dataset = await push('movies.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
  const job = example('movies');
  expect((await train({ ...job, data: { ...job.data, dataset } })).r2).toBeGreaterThanOrEqual(0.3);
});

test.skipIf(!installed('builtin:breast-cancer'))('breast cancer: at least 95 % right', async () => {
  expect((await train(example('breast-cancer'))).accuracy).toBeGreaterThanOrEqual(0.95);
});

test.skipIf(!installed('builtin:spam-assassin'))('SpamAssassin mails: at least 95 % right', async () => {
  expect((await train(example('spam-words'))).accuracy).toBeGreaterThanOrEqual(0.95);
});

test('a zip of generated shapes in folders, augmented: at least 95 % right', async () => {
  const dataset = await push('shapes.zip', await zipOf('builtin:shapes'));
  const job = example('shapes-cnn');
  expect((await train({ ...job, data: { ...job.data, dataset } })).accuracy).toBeGreaterThanOrEqual(0.95);
});

test.skipIf(!installed('builtin:brown'))(
  'characters of the Brown corpus: less than 2.2 nats each',
  async () => {
    expect((await train(example('brown-characters'))).loss).toBeLessThan(2.2);
  },
);

test.skipIf(!installed('builtin:fashion-mnist'))(
  'Fashion-MNIST, a convolutional network: at least 90 % right after 5 epochs',
  async () => {
    expect((await train(example('fashion-cnn'), 280_000)).accuracy).toBeGreaterThanOrEqual(0.9);
  },
  300_000,
);
