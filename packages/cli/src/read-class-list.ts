import type { ClassImport } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { parse } from 'csv-parse/sync';

type Student = ClassImport['students'][number];
const columns = ['team', 'name', 'email', 'role'] as const;

/**
 * The students of a class list: CSV with a header line, the columns in any order.
 * @throws DescentError CLASS_LIST_INVALID naming file, line and column
 */
export function readClassList(text: string, file: string): Student[] {
  const wrong = (line: number, problem: string) =>
    new DescentError('CLASS_LIST_INVALID', { path: file, line, problem });
  const [head, ...rows] = parseRows(text, (line, problem) => wrong(line, problem));
  const names = head?.cells.map((cell) => cell.toLowerCase()) ?? [];
  for (const name of ['team', 'name']) {
    if (!names.includes(name))
      throw wrong(1, `there is no column "${name}"; the columns are ${columns.join(', ')}`);
  }
  const unknown = names.find((name) => !(columns as readonly string[]).includes(name));
  if (unknown !== undefined) throw wrong(1, `"${unknown}" is none of the columns ${columns.join(', ')}`);
  return rows.map(({ cells, line }) => {
    const cell = (name: (typeof columns)[number]) => cells[names.indexOf(name)] ?? '';
    if (cell('team') === '' || cell('name') === '') throw wrong(line, 'team and name must not be empty');
    const role = cell('role').toLowerCase();
    if (!['', 'member', 'owner'].includes(role))
      throw wrong(line, `role must be member or owner, not "${role}"`);
    return {
      team: cell('team'),
      name: cell('name'),
      ...(cell('email') === '' ? {} : { email: cell('email') }),
      ...(role === '' ? {} : { role: role as 'member' | 'owner' }),
    };
  });
}

function parseRows(text: string, wrong: (line: number, problem: string) => Error) {
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, info: true } as const;
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    throw wrong(line, error instanceof Error ? error.message : String(error));
  }
}
