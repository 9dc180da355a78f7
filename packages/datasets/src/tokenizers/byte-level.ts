/** GPT-2's byte-level alphabet: every byte has a printable character, so that vocabularies are text. */

const printable = (byte: number) =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);

/** Byte → character. */
export const byteCharacters: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const characterBytes = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** The bytes that a token of a byte-level vocabulary stands for; undefined when it holds another character. */
export function bytesOfToken(token: string): number[] | undefined {
  const bytes = [...token].map((character) => characterBytes.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
}

/** Longest piece: a word of a thousand letters is cut, so that no text makes one piece of a gigabyte. */
const most = 512;

/** Patterns that cut text into pieces, by how `tokenizer.json` writes them; ours are the same but for the longest piece. */
const patterns: ReadonlyMap<string, string> = new Map([
  [
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}{1,${most}}| ?\\p{N}{1,${most}}| ?[^\\s\\p{L}\\p{N}]{1,${most}}|\\s{1,${most}}(?!\\S)|\\s{1,${most}}`,
  ],
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    `'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}{1,${most}}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]{1,${most}}[\\r\\n]{0,${most}}|\\s{0,${most}}[\\r\\n]{1,${most}}|\\s{1,${most}}(?!\\S)|\\s{1,${most}}`,
  ],
]);

/** GPT-2's, which is what ByteLevel means by itself. */
export const defaultPattern = [...patterns.keys()][0]!;

/** A pattern that we know; regular expressions from outside are never run. */
export function knownPattern(written: string): RegExp | undefined {
  const ours = patterns.get(written);
  return ours === undefined ? undefined : new RegExp(ours, 'gu');
}
