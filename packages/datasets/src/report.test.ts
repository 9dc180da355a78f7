import type { DatasetReport } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { createDistinct } from './distinct.ts';
import { createHistogram } from './histogram.ts';
import { ingestFiles } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { createRepeatedRows } from './repeated-rows.ts';
import { scratchFile } from './scratch.fixture.ts';

async function reportOf(files: Record<string, string>): Promise<DatasetReport> {
  const inputs = [];
  for (const [split, content] of Object.entries(files)) {
    inputs.push({ path: await scratchFile('x.csv', content), split });
  }
  return (await ingestFiles({ files: inputs, sink: createMemoryArtifacts() })).report;
}

describe('the report of an ingest', () => {
  it('counts values, missing ones, bins and classes per split', async () => {
    const { splits } = await reportOf({ train: 'x,k\n1,a\n,b\n3,a\n9,\n', test: 'x,k\n5,b\n' });
    expect(splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', 4],
      ['test', 1],
    ]);
    expect(splits[0]!.columns).toEqual([
      {
        name: 'x',
        values: 3,
        missing: 1,
        statistics: { minimum: 1, maximum: 9, mean: 13 / 3, standardDeviation: expect.closeTo(3.3993, 4) },
        distinct: { count: 3, exact: true },
        histogram: { start: 1, width: 0.5, counts: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
        top: [
          { value: '1', count: 1 },
          { value: '3', count: 1 },
          { value: '9', count: 1 },
        ],
      },
      expect.objectContaining({
        name: 'k',
        values: 3,
        missing: 1,
        top: [
          { value: 'a', count: 2 },
          { value: 'b', count: 1 },
          { value: 'missing', count: 1 },
        ],
      }),
    ]);
  });

  it('finds labels that no class stands for, and classes that training never sees', async () => {
    const { findings } = await reportOf({
      train: 'x,label\n1,0\n2,1\n3,-1\n4,7\n',
      test: 'x,label\n5,0\n6,3\n7,3\n',
    });
    const found = (kind: string) => findings.filter((finding) => finding.kind === kind);
    expect(found('labels')).toEqual([
      { kind: 'labels', split: 'train', column: 'label', exact: true, count: 2, samples: [2] },
      { kind: 'labels', split: 'test', column: 'label', exact: true, count: 2, samples: [] },
    ]);
    expect(found('unseen')).toEqual([
      { kind: 'unseen', split: 'test', column: 'label', other: 'train', exact: true, count: 2, samples: [] },
    ]);
  });

  it('finds missing values, constant columns, duplicates, rows in two splits and imbalance', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `${i},7,common\n`).join('');
    const { findings } = await reportOf({
      train: `x,c,k\n${many}30,7,rare\n3,7,common\n,7,common\n`,
      test: 'x,c,k\n5,7,common\n99,7,rare\n',
    });
    expect(findings).toEqual([
      { kind: 'missing', split: 'train', column: 'x', exact: true, count: 1, samples: [32] },
      { kind: 'constant', split: 'train', column: 'c', exact: true, count: 33, samples: [] },
      { kind: 'imbalance', split: 'train', column: 'k', exact: true, count: 32, samples: [] },
      { kind: 'constant', split: 'test', column: 'c', exact: true, count: 2, samples: [] },
      { kind: 'duplicates', split: 'train', exact: true, count: 1, samples: [31] },
      { kind: 'leak', split: 'test', other: 'train', exact: true, count: 1, samples: [0] },
    ]);
  });
});

describe('statistics in bounded memory', () => {
  it('bins are the same however the values come in', () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * (i % 100 === 0 ? 1000 : 1));
    const whole = createHistogram({ whole: false });
    whole.add(values, Math.min(...values), Math.max(...values));
    const parts = createHistogram({ whole: false });
    parts.add(values.subarray(0, 1), values[0]!, values[0]!);
    for (let start = 1; start < values.length; start += 77) {
      const part = values.subarray(start, start + 77);
      parts.add(part, Math.min(...part), Math.max(...part));
    }
    expect(parts.result()).toEqual(whole.result());
    expect(whole.result()!.counts.reduce((a, b) => a + b)).toBe(5000);
  });

  it('distinct values are exact up to 1000 and within 5 % beyond', () => {
    const distinct = createDistinct();
    distinct.add(Int32Array.from({ length: 5000 }, (_, i) => i % 1000));
    expect(distinct.count()).toEqual({ count: 1000, exact: true });
    distinct.add(Int32Array.from({ length: 200_000 }, (_, i) => i % 100_000));
    const { count, exact } = distinct.count();
    expect([exact, Math.abs(count / 100_000 - 1) < 0.05]).toEqual([false, true]);
  });

  it('repeated rows are estimated when there are more than fit', () => {
    const rows = createRepeatedRows(2 ** 12);
    const values = Int32Array.from({ length: 40_000 }, (_, i) => i % 30_000);
    rows.add(0, 0, 40_000, [values], [1]);
    const { repeats, exact } = rows.result();
    expect([exact, repeats.length]).toEqual([false, 1]);
    expect(Math.abs(repeats[0]!.count / 10_000 - 1)).toBeLessThan(0.2);
    expect(repeats[0]!.samples[0]).toBeGreaterThanOrEqual(30_000);
  });
});
