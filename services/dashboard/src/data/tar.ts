const block = 512;

/** Files as a tar archive (POSIX ustar), which stays on the disk: no time, owner or mode of this machine is in it. */
export function tarOf(files: readonly { readonly name: string; readonly file: Blob }[]): Blob {
  const parts: BlobPart[] = files.flatMap(({ name, file }) => [
    ...headers(name, file.size),
    file,
    padding(file.size),
  ]);
  return new Blob([...parts, new Uint8Array(2 * block)]);
}

/** A name of more than a hundred bytes stands in a header of its own before (GNU's `L`). */
function headers(name: string, size: number): BlobPart[] {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= 100) return [header(bytes, size, '0')];
  const long = header(new TextEncoder().encode('././@LongLink'), bytes.length + 1, 'L');
  return [
    long,
    bytes,
    new Uint8Array(1),
    padding(bytes.length + 1),
    header(bytes.subarray(0, 100), size, '0'),
  ];
}

function header(name: Uint8Array, size: number, type: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(block);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  const octal = (at: number, length: number, value: number) =>
    text(at, `${value.toString(8).padStart(length - 1, '0')}\0`);
  bytes.set(name, 0);
  octal(100, 8, 0o644);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, size);
  octal(136, 12, 0);
  // The sum is taken with spaces in its place.
  text(148, ' '.repeat(8));
  text(156, type);
  text(257, 'ustar\x0000');
  octal(
    148,
    7,
    bytes.reduce((sum, byte) => sum + byte, 0),
  );
  return bytes;
}

function padding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((block - (size % block)) % block);
}
