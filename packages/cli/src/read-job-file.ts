import { readFile, stat } from 'node:fs/promises';
import type { JobCreate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findJsonProblem } from './json-position.ts';
import { messageOf } from './stack/data-folder.ts';

/** What the api takes at most. */
const limitBytes = 8 * 2 ** 20;

/**
 * Reads a job as JSON; what it must hold is checked by the api. `-` reads standard input.
 * @throws DescentError FILE_UNREADABLE, FILE_NOT_JSON with line and column (from 1)
 */
export async function readJobFile(path: string): Promise<JobCreate> {
  return (await readJsonFile(path)) as JobCreate;
}

/** As `readJobFile`, whatever the file is about. */
export async function readJsonFile(path: string): Promise<unknown> {
  return parseJson(await readText(path), path);
}

/** @throws DescentError FILE_NOT_JSON with line and column (from 1) */
export function parseJson(given: string, path: string): unknown {
  const text = given.replace(/^\uFEFF/, '');
  const found = findJsonProblem(text);
  if (found !== null) {
    const before = text.slice(0, found.at).split('\n');
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new DescentError('FILE_NOT_JSON', { path, line, column, problem: found.problem });
  }
  return JSON.parse(text);
}

/** At most 8 MiB. @throws DescentError FILE_UNREADABLE */
export async function readText(path: string): Promise<string> {
  try {
    if (path !== '-') {
      const { size } = await stat(path);
      if (size > limitBytes) throw new Error(`it is larger than ${limitBytes} bytes`);
    }
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8');
  } catch (cause) {
    throw new DescentError('FILE_UNREADABLE', { path, problem: messageOf(cause) }, { cause });
  }
}
