import type { ColumnProfile, DataFinding, DatasetReport } from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import type { ColumnArray, ColumnLayout } from './column.ts';
import { createDistinct, type Distinct } from './distinct.ts';
import { createHistogram, type Histogram } from './histogram.ts';
import { createRepeatedRows } from './repeated-rows.ts';
import { type Moments, mergeMoments, noMoments, statisticsOf } from './statistics.ts';

const maxShown = 10;
const maxTop = 20;
const maxExact = 1000;
const maxExactOfAll = 2 ** 20;
/** The rarest class has less than a tenth of the samples of the most frequent one. */
const imbalanced = 10;

interface ColumnState {
  readonly layout: ColumnLayout;
  readonly histogram: Histogram;
  /** Of scalar columns. */
  readonly distinct: Distinct | undefined;
  readonly missingSamples: number[];
  /** Of an integer label: the first that are below 0. */
  readonly negativeSamples: number[];
  missing: number;
  moments: Moments;
}

interface SplitState {
  readonly name: string;
  readonly columns: readonly ColumnState[];
  count: number;
}

export interface Profile {
  begin(split: string, columns: readonly ColumnLayout[]): void;
  /** The next samples of the split; `data` and their moments in the order of the columns. */
  add(count: number, data: readonly ColumnArray[], moments: readonly Moments[]): void;
  report(): DatasetReport;
}

/** Watches the samples of a data set go by. Memory does not grow with them. */
export function createProfile(): Profile {
  const splits: SplitState[] = [];
  const rows = createRepeatedRows();
  return {
    begin(name, columns) {
      splits.push({ name, count: 0, columns: columns.map((layout) => columnState(layout, columns.length)) });
    },
    add(count, data, moments) {
      const split = splits.at(-1)!;
      for (const [c, column] of split.columns.entries()) {
        addTo(column, split.count, data[c]!, moments[c]!);
      }
      // Tokens of a text repeat by nature.
      if (split.columns.every(({ layout }) => layout.kind === 'tokens')) {
        split.count += count;
        return;
      }
      const elements = split.columns.map(({ layout }) => elementCount(layout.shape));
      rows.add(splits.length - 1, split.count, count, data, elements);
      split.count += count;
    },
    report() {
      const { repeats, exact } = rows.result();
      const repeated = repeats.map(({ split, other, count, samples }): DataFinding => {
        const kind = split === other ? 'duplicates' : 'leak';
        const place = { split: splits[split]!.name, count, exact, samples };
        return split === other ? { kind, ...place } : { kind, ...place, other: splits[other]!.name };
      });
      return {
        splits: splits.map(({ name, count, columns }) => ({ name, count, columns: columns.map(profileOf) })),
        findings: [
          ...splits.flatMap(({ name, columns }) => columns.flatMap((column) => findingsOf(name, column))),
          ...unseenLabels(splits),
          ...repeated,
        ],
      };
    },
  };
}

function columnState(layout: ColumnLayout, columns: number): ColumnState {
  const scalar = layout.shape.length === 0;
  return {
    layout,
    histogram: createHistogram({ whole: layout.dtype !== 'float32' }),
    distinct: scalar ? createDistinct(Math.min(maxExact, Math.ceil(maxExactOfAll / columns))) : undefined,
    missingSamples: [],
    negativeSamples: [],
    missing: 0,
    moments: noMoments,
  };
}

function addTo(column: ColumnState, firstSample: number, data: ColumnArray, moments: Moments): void {
  const { layout, histogram, distinct, missingSamples } = column;
  column.moments = mergeMoments(column.moments, moments);
  if (layout.kind !== 'text') histogram.add(data, moments.minimum, moments.maximum);
  distinct?.add(data);
  if (moments.minimum < 0 && isLabel(layout)) {
    for (let i = 0; i < data.length && column.negativeSamples.length < maxShown; i++)
      if (data[i]! < 0) column.negativeSamples.push(firstSample + i);
  }
  if (layout.missing === undefined) return;
  const missingCode = layout.classes === undefined ? Number.NaN : layout.classes.length - 1;
  for (let i = 0; i < data.length; i++) {
    if (!Object.is(data[i], missingCode)) continue;
    column.missing++;
    if (missingSamples.length < maxShown) missingSamples.push(firstSample + i);
  }
}

function profileOf({ layout, moments, missing, distinct, histogram }: ColumnState): ColumnProfile {
  const { name, classes, kind } = layout;
  const bins = classes === undefined && kind !== 'text' ? histogram.result() : undefined;
  const occurrences = distinct?.occurrences();
  const top = [...(occurrences ?? [])].sort(([a, n], [b, m]) => m - n || a - b).slice(0, maxTop);
  return {
    name,
    values: moments.count - (classes === undefined ? 0 : missing),
    missing,
    statistics: statisticsOf(moments, moments),
    ...(distinct === undefined ? {} : { distinct: distinct.count() }),
    ...(bins === undefined ? {} : { histogram: bins }),
    ...(occurrences === undefined
      ? {}
      : { top: top.map(([value, count]) => ({ value: classes?.[value] ?? String(value), count })) }),
  };
}

function findingsOf(split: string, column: ColumnState): DataFinding[] {
  const { layout, moments, missing, missingSamples, distinct } = column;
  const place = { split, column: layout.name, exact: true };
  const findings: DataFinding[] = [];
  if (missing > 0) findings.push({ kind: 'missing', ...place, count: missing, samples: missingSamples });
  if (moments.minimum >= moments.maximum) {
    findings.push({ kind: 'constant', ...place, count: moments.count, samples: [] });
  }
  const counts = isLabel(layout) ? [...(distinct?.occurrences()?.values() ?? [])] : [];
  const ratio = counts.length < 2 ? 1 : Math.max(...counts) / Math.min(...counts);
  if (ratio > imbalanced) {
    findings.push({ kind: 'imbalance', ...place, count: Math.round(ratio), samples: [] });
  }
  const outside = layout.classes === undefined && isLabel(layout) ? labelsOutside(distinct) : 0;
  if (outside > 0)
    findings.push({ kind: 'labels', ...place, count: outside, samples: column.negativeSamples });
  return findings;
}

/** Whether a column looks like the classes of a classification: text with few values, or integers by a name in use. */
function isLabel({ name, dtype, shape, kind, classes }: ColumnLayout): boolean {
  if (classes !== undefined) return true;
  const integer = dtype !== 'float32' && shape.length === 0 && kind === undefined;
  return integer && /^(?:labels?|class|target|y)$/i.test(name);
}

/** Samples whose label no class 0, 1, … stands for: negative ones, and those above the first number that does not occur. */
function labelsOutside(distinct: Distinct | undefined): number {
  const occurrences = distinct?.occurrences();
  if (occurrences === undefined) return 0;
  let classes = 0;
  while (occurrences.has(classes)) classes++;
  let outside = 0;
  for (const [label, count] of occurrences) if (label < 0 || label >= classes) outside += count;
  return outside;
}

/** Labels of other splits that the training split has none of. */
function unseenLabels(splits: readonly SplitState[]): DataFinding[] {
  const train = splits.find(({ name }) => name === 'train');
  if (train === undefined) return [];
  return splits.flatMap((split) =>
    split.columns.flatMap(({ layout, distinct }, c): DataFinding[] => {
      const known = train.columns[c]?.distinct?.occurrences();
      const here = distinct?.occurrences();
      if (split === train || !isLabel(layout) || known === undefined || here === undefined) return [];
      let count = 0;
      for (const [label, times] of here) if (!known.has(label)) count += times;
      const place = { split: split.name, column: layout.name, other: train.name };
      return count === 0 ? [] : [{ kind: 'unseen', ...place, count, exact: true, samples: [] }];
    }),
  );
}
