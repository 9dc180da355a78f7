import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { DescentError } from '@descent/errors';
import { messageOf } from '../stack/data-folder.ts';

/** A file to upload, or a folder of images that goes as one tar archive. */
export interface LocalFile {
  /** As the server is told, `/` between folders. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Of a folder of images: what the names in the archive are relative to. */
  readonly archiveOf?: string;
}

const image = /\.(?:png|jpe?g|webp)$/i;
const table = /\.(?:csv|tsv)$/i;

/**
 * The files below the given paths, hidden ones left out, sorted by name: the same files give the same uploads, so that one
 * that was interrupted can go on. @throws DescentError FILE_UNREADABLE
 */
export async function listFiles(roots: readonly string[]): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const root of roots) {
    try {
      if (!(await stat(root)).isDirectory()) {
        files.push({ name: basename(root), paths: [root] });
        continue;
      }
      const inside = (await readdir(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter(
          (path) =>
            !relative(root, path)
              .split(sep)
              .some((part) => part.startsWith('.')),
        )
        .sort();
      if (inside.some((path) => image.test(path))) {
        const paths = inside.filter((path) => image.test(path) || table.test(path));
        files.push({ name: `${basename(root)}.tar`, paths, archiveOf: root });
      } else {
        files.push(
          ...inside.map((path) => ({ name: relative(root, path).split(sep).join('/'), paths: [path] })),
        );
      }
    } catch (cause) {
      throw new DescentError('FILE_UNREADABLE', { path: root, problem: messageOf(cause) }, { cause });
    }
  }
  if (files.length === 0)
    throw new DescentError('FILE_UNREADABLE', { path: roots.join(' '), problem: 'there is no file in it' });
  return files;
}
