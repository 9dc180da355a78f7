/**
 * FNV-1a hashes (32 bits) of the words of a text: runs of ASCII letters (lower-cased), digits, apostrophes and bytes
 * beyond ASCII; a text ends at its first zero byte. Bytes in, integers out, so the same on every machine.
 */
export function forEachWord(text: Float64Array, visit: (hash: number) => void): void {
  let hash = 0;
  let inside = false;
  for (let i = 0; i <= text.length; i++) {
    const byte = i < text.length ? text[i]! : 0;
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (isOfWord(lower)) {
      if (!inside) hash = 0x811c9dc5;
      inside = true;
      hash = Math.imul(hash ^ lower, 0x01000193) >>> 0;
    } else {
      if (inside) visit(hash);
      inside = false;
      if (byte === 0) return;
    }
  }
}

function isOfWord(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 39 || byte >= 128;
}
