import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const limitBytes = 20 * 2 ** 20;

export interface LogFile {
  /** Appends a line. Never throws: a full disk must not stop the service. */
  write(line: string): void;
  close(): void;
}

/** Appends to a file; the one before it is kept as `<path>.1`, both of at most 20 MiB. */
export function openLogFile(path: string, options: { readonly limitBytes?: number } = {}): LogFile {
  const limit = options.limitBytes ?? limitBytes;
  rotate(path);
  let file = openSync(path, 'a', 0o600);
  let bytes = fstatSync(file).size;
  return {
    write(line) {
      try {
        const text = `${line}\n`;
        if (bytes + text.length > limit && bytes > 0) {
          closeSync(file);
          rotate(path);
          file = openSync(path, 'a', 0o600);
          bytes = 0;
        }
        bytes += writeSync(file, text);
      } catch {
        // The line is lost; errors still reach the terminal.
      }
    },
    close: () => closeSync(file),
  };
}

function rotate(path: string): void {
  try {
    renameSync(path, `${path}.1`);
  } catch {
    // There is none yet.
  }
}
