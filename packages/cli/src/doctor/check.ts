/** One thing that `descent doctor` looked at. */
export interface Check {
  readonly name: string;
  /** `missing`: the service cannot run like this. `note`: it runs, but something is worth knowing. */
  readonly status: 'ok' | 'note' | 'missing';
  /** What was found or chosen. */
  readonly found: string;
  /** Why it was chosen, or what to do about it. */
  readonly why: string;
}

const marks: Record<Check['status'], string> = { ok: '✓', note: '!', missing: '✗' };

export function describeChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, status, found, why }) => {
      const indent = `\n${' '.repeat(width + 4)}`;
      const reason = why === '' ? '' : `${indent}${why.replaceAll('\n', indent)}`;
      return `${marks[status]} ${name.padEnd(width)}  ${found}${reason}`;
    })
    .join('\n');
}
