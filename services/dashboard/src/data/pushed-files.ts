import type { PushedFile } from '@descent/client';
import type { DroppedFile } from './dropped-files.ts';
import { tarOf } from './tar.ts';

const image = /\.(?:png|jpe?g|webp)$/i;
/** Of one request: what a broken connection costs at most, and how often progress shows. */
const pieceBytes = 4 * 1024 ** 2;

/** The name of the data set: that of the folder, or of the first file without its ending. */
export function nameOf([first]: readonly DroppedFile[]): string {
  const [top = 'data', ...rest] = first?.path.split('/') ?? [];
  return rest.length > 0 ? top : top.replace(/(?<=.)\.[a-z0-9]+(?:\.gz)?$/i, '');
}

/** A folder of images goes as one archive, other files as they are, named from below the folder that holds them all. */
export function toPushed(files: readonly DroppedFile[]): PushedFile[] {
  const inFolders = files.filter(({ path }) => path.includes('/'));
  if (inFolders.some(({ path }) => image.test(path))) {
    const parts = inFolders.filter(({ path }) => image.test(path) || /\.(?:csv|tsv)$/i.test(path));
    return [pushed(`${nameOf(files)}.tar`, tarOf(parts.map(({ path, file }) => ({ name: path, file }))))];
  }
  return files.map(({ path, file }) => pushed(path.slice(path.indexOf('/') + 1), file));
}

function pushed(name: string, content: Blob): PushedFile {
  return {
    name,
    bytes: content.size,
    read(offset, onSent) {
      const piece = content.slice(offset, offset + pieceBytes);
      onSent(offset);
      return piece;
    },
  };
}
