import { gzipSync } from 'node:zlib';
import { decodeSafetensors } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFile } from './ingest-file.ts';
import type { ColumnType } from './learned-column.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

async function ingest(
  content: string | Uint8Array,
  types: Record<string, ColumnType> = {},
  name = 'x.jsonl',
) {
  const sink = createMemoryArtifacts();
  const manifest = await ingestFile({ path: await scratchFile(name, content), sink, options: { types } });
  const shard = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
  return { manifest, values: (column: string) => [...shard.tensors.get(column)!.data].map(Number) };
}

async function failure(content: string | Uint8Array): Promise<string> {
  const sink = createMemoryArtifacts();
  const path = await scratchFile('x.jsonl', content);
  const text = await failureOf(() => ingestFile({ path, sink }));
  expect(sink.size).toBe(0);
  return text;
}

describe('ingesting JSON Lines', () => {
  it('makes columns of numbers, texts, booleans, dates and arrays', async () => {
    const { manifest, values } = await ingest(
      [
        '{"n": 1.5, "i": 3, "k": "b", "ok": true, "day": "1970-01-03", "v": [[1, 2], [3, 4]]}',
        '',
        '{"i": null, "n": 2, "k": "a\\u00e9", "ok": false, "day": "1970-01-01", "v": [[5, 6], [7, 8]]}',
      ].join('\r\n'),
    );
    expect(
      manifest.columns.map(({ name, dtype, shape, kind, missing }) => [name, dtype, shape, kind, missing]),
    ).toEqual([
      ['n', 'float32', [], undefined, undefined],
      ['i', 'float32', [], undefined, 1],
      ['k', 'int32', [], undefined, undefined],
      ['ok', 'uint8', [], 'boolean', undefined],
      ['day', 'int32', [], 'date', undefined],
      ['v', 'int32', [2, 2], undefined, undefined],
    ]);
    expect(manifest.columns[2]!.classes).toEqual(['aé', 'b']);
    expect(values('i')).toEqual([3, Number.NaN]);
    expect(values('v')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(values('day')).toEqual([2, 0]);
  });

  it('takes a missing field for a missing value, and text where it is asked for', async () => {
    const { manifest, values } = await ingest('{"a":1,"t":"xyz"}\n{"b":2,"t":"ü"}\n', { t: 'text' });
    expect(manifest.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ['a', 1],
      ['t', undefined],
      ['b', 1],
    ]);
    expect(values('t')).toEqual([...Buffer.from('xyzü\0')]);
  });

  it('takes numbers and texts in one column for texts', async () => {
    const { manifest } = await ingest('{"a":1}\n{"a":"x"}\n{"a":2}');
    expect(manifest.columns[0]!.classes).toEqual(['1', '2', 'x']);
  });

  it('is recognised without an ending, and packed', async () => {
    const plain = await ingest('{"a":1}\n{"a":2}\n');
    expect((await ingest(gzipSync('{"a":1}\n{"a":2}\n'), {}, 'upload')).manifest.hash).toBe(
      plain.manifest.hash,
    );
  });

  it.each([
    ['{"a":1}\n{"a":', 'JSON_LINE_INVALID: Line 2: it is not JSON; every line must be one whole object'],
    ['[{"a":1}]', 'JSON_LINE_INVALID: Line 1: it is not an object'],
    [
      '{"a":1}\n{"a":{"b":1}}',
      'JSON_LINE_INVALID: Line 2: field "a" is an object; only flat objects make rows',
    ],
    ['{"a":1}\n{"a":[1]}', 'CELL_INVALID: Row 2, column "a": an array is not a number'],
    ['{"a":[1,2]}\n{"a":[1]}', 'CELL_INVALID: Row 2, column "a": an array of shape [1]; the first has [2]'],
    ['{"a":[[1,2],[3]]}', 'CELL_INVALID: Row 1, column "a": the rows of an array differ in length'],
    ['{"a":[1,"x"]}', 'CELL_INVALID: Row 1, column "a": an array holds something that is not a number'],
    ['{"a":[1]}\n{"a":null}', 'CELL_INVALID: Row 2, column "a": an array is missing'],
    ['{"a":1e300}', 'CELL_INVALID: Row 1, column "a": 1e+300 is too large for float32'],
    ['{"a":"x\\u0000y"}', 'CELL_INVALID: Row 1, column "a": it holds a NUL byte'],
    ['{"__proto__":1}', 'COLUMN_NAME_INVALID: "__proto__" cannot name a column: it is reserved'],
    ['{}\n{}', 'DATA_EMPTY: There are no samples in the file'],
    [
      `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'CELL_INVALID: Row 1, column "a": more than 8 nested arrays',
    ],
    [
      Buffer.concat([Buffer.from('{"a":"b"}\n{"a":"'), Buffer.from([0xff]), Buffer.from('"}\n')]),
      'TEXT_INVALID: The text cannot be read at byte 10: line 2 is not UTF-8',
    ],
    [
      gzipSync(`{"a":1}\n{"a":"${'x'.repeat(20 * 1024 ** 2)}`),
      'JSON_LINE_INVALID: Line 2: it is longer than 16777216 bytes',
    ],
  ] as const)('refuses the hostile file %#', async (content, expected) => {
    expect(await failure(content)).toBe(expected);
  });

  it('refuses a field that appears behind the sampled objects', async () => {
    const rows = Array.from({ length: 1200 }, (_, i) => `{"a":${i}}`);
    rows[1100] = '{"a":1,"late":2}';
    expect(await failure(rows.join('\n'))).toBe(
      'JSON_LINE_INVALID: Line 1101: field "late" is in none of the first 1000 objects',
    );
  });
});
