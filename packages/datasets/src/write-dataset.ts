import type { Column, DatasetManifest, DatasetReport } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { formatShape } from '@descent/tensors';
import type { ArtifactSink } from './artifacts.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import type { ColumnLayout } from './column.ts';
import { createProfile } from './profile.ts';
import type { SplitSource } from './split-source.ts';
import { type WrittenSplit, writeSplit } from './split-writer.ts';
import { mergeMoments, noMoments, statisticsOf } from './statistics.ts';

export interface IngestLimits {
  /** Of the values of one split. */
  readonly maxSplitBytes: number;
}

export const defaultIngestLimits: IngestLimits = { maxSplitBytes: 64 * 1024 ** 3 };

export interface WrittenDataset {
  readonly manifest: DatasetManifest;
  /** Stands beside the manifest, whose hash is of the content alone. */
  readonly report: DatasetReport;
}

/**
 * Stores splits as shards and returns the manifest that describes them. The manifest is the only record: when a
 * reader fails half-way, what was put is unnamed and the store may collect it.
 */
export async function writeDataset(
  sources: readonly SplitSource[],
  sink: ArtifactSink,
  { maxSplitBytes }: IngestLimits = defaultIngestLimits,
): Promise<WrittenDataset> {
  const columns = commonColumns(sources);
  const written: WrittenSplit[] = [];
  const profile = createProfile();
  for (const source of sources) written.push(await writeSplit(source, sink, maxSplitBytes, profile));
  const reference = written.find(({ split }) => split.name === 'train') ?? written[0]!;

  const content = {
    columns: columns.map(
      ({ name, dtype, shape, ...more }, c): Column => ({
        name,
        dtype,
        shape: [...shape],
        statistics: statisticsOf(
          reference.moments[c]!,
          written.reduce((all, { moments }) => mergeMoments(all, moments[c]!), noMoments),
        ),
        ...more,
      }),
    ),
    splits: written.map(({ split }) => split),
  };
  const { splits, findings } = profile.report();
  return {
    manifest: { hash: manifestHash(content), ...content },
    report: { splits, findings: [...findings, ...sources.flatMap((source) => source.findings?.() ?? [])] },
  };
}

/** Every artifact that a manifest names: its shards and tokenizers. */
export function artifactsOf({ columns, splits }: DatasetManifest): Set<string> {
  return new Set([
    ...splits.flatMap(({ shards }) => shards.map(({ hash }) => hash)),
    ...columns.flatMap(({ tokenizer }) => (tokenizer === undefined ? [] : [tokenizer.hash])),
  ]);
}

/** SHA-256 over the canonical JSON of a manifest without its hash. */
export function manifestHash({ columns, splits }: Pick<DatasetManifest, 'columns' | 'splits'>): string {
  return sha256(canonicalJson({ columns, splits }));
}

function commonColumns(sources: readonly SplitSource[]): readonly ColumnLayout[] {
  const [first, ...others] = sources;
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part: 'the data set' });
  const seen = new Set<string>();
  for (const { name } of first.columns) {
    const problem = nameProblem(name) ?? (seen.has(name) ? 'it occurs twice' : undefined);
    seen.add(name);
    if (problem !== undefined) throw new DescentError('COLUMN_NAME_INVALID', { column: name, problem });
  }
  for (const other of others) {
    const problem = columnDifference(first.columns, other.columns);
    if (problem !== undefined) {
      throw new DescentError('SPLITS_DIFFER', { split: other.name, first: first.name, problem });
    }
  }
  return first.columns;
}

function nameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > 200) return 'it needs 1 to 200 characters';
  if (/\p{Cc}/u.test(name)) return 'it holds control characters';
  if (name === '__metadata__' || name === '__proto__') return 'it is reserved';
  return undefined;
}

function columnDifference(
  expected: readonly ColumnLayout[],
  actual: readonly ColumnLayout[],
): string | undefined {
  for (const [c, column] of expected.entries()) {
    const other = actual[c];
    if (other?.name !== column.name) return `column "${column.name}" is missing there`;
    if (describe(other) !== describe(column)) {
      return `column "${column.name}" is ${describe(other)} there and ${describe(column)} here`;
    }
  }
  const extra = actual[expected.length];
  return extra === undefined ? undefined : `column "${extra.name}" is only there`;
}

function describe({ dtype, shape }: ColumnLayout): string {
  return `${dtype} ${formatShape(shape)}`;
}
