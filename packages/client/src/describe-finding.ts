import type { DataFinding } from '@descent/contracts';

const whole = new Intl.NumberFormat('en');

/** One line per finding of a report. */
export function describeFinding(finding: DataFinding): string {
  const { split, column, other, samples, files = [] } = finding;
  const number = `${finding.exact ? '' : 'about '}${whole.format(finding.count)}`;
  const first = samples.length === 0 ? '' : `, first ${samples.slice(0, 3).join(', ')}`;
  const where = `${split}${column === undefined ? '' : `.${column}`}`;
  switch (finding.kind) {
    case 'missing':
      return `${where}: ${number} values are missing${first}`;
    case 'constant':
      return `${where}: all values are equal`;
    case 'imbalance':
      return `${where}: the most frequent class has ${number} times the samples of the rarest`;
    case 'labels':
      return `${where}: ${number} labels are no class; classes count from 0 without gaps${first}`;
    case 'unseen':
      return `${where}: ${number} samples are of classes that ${other} has none of`;
    case 'duplicates':
      return `${where}: ${number} samples repeat an earlier one${first}`;
    case 'leak':
      return `${where}: ${number} samples stand in ${other} too${first}`;
    case 'unreadable':
      return `${where}: ${number} images were left out; ${files[0] ?? ''}`;
    default:
      return finding.kind satisfies never;
  }
}
