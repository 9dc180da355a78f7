import { byteCharacters, bytesOfToken } from './byte-level.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface BytePairs {
  /** Token → number, in the byte-level alphabet. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs in the order in which they are joined. */
  readonly merges: readonly (readonly [string, string])[];
  readonly size: number;
  /** What cuts the text into pieces. */
  readonly pattern: RegExp;
  /** Whether a document starts with a space that its text lacks. */
  readonly prefixSpace: boolean;
  /** Whether a piece that is a token itself is taken before any pair is joined. */
  readonly wholePieces: boolean;
}

/** Two tokens as one number; vocabularies have fewer than 2^21. */
const shift = 2 ** 21;
const cacheEntries = 65_536;
/** Pieces are cut at this many bytes: joining takes the square of their length. */
const maxPieceBytes = 2048;

/** Byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019). */
export function byteLevelBpe(pairs: BytePairs): Tokenizer {
  const { vocabulary, size, pattern, prefixSpace, wholePieces } = pairs;
  const bytes = byteCharacters.map((character) => vocabulary.get(character)!);
  const joins = new Map<number, { rank: number; token: number }>();
  for (const [rank, [left, right]] of pairs.merges.entries()) {
    const token = vocabulary.get(left + right)!;
    const key = vocabulary.get(left)! * shift + vocabulary.get(right)!;
    if (!joins.has(key)) joins.set(key, { rank, token });
  }
  const texts = new Map<number, number[]>();
  for (const [token, number] of vocabulary) texts.set(number, bytesOfToken(token) ?? [...Buffer.from(token)]);
  const cache = new Map<string, readonly number[]>();

  function encodePiece(piece: string): readonly number[] {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const utf8 = Buffer.from(piece);
    const whole = wholePieces
      ? vocabulary.get(Array.from(utf8, (byte) => byteCharacters[byte]).join(''))
      : undefined;
    const tokens: number[] = whole === undefined ? [] : [whole];
    for (let from = 0; whole === undefined && from < utf8.byteLength; from += maxPieceBytes) {
      tokens.push(...join(Array.from(utf8.subarray(from, from + maxPieceBytes), (byte) => bytes[byte]!)));
    }
    if (cache.size === cacheEntries) cache.clear();
    cache.set(piece, tokens);
    return tokens;
  }

  /** Joins the pair of the lowest rank, the first of several, until none is left. */
  function join(tokens: number[]): number[] {
    for (;;) {
      let best: { rank: number; token: number } | undefined;
      let at = 0;
      for (let i = 0; i + 1 < tokens.length; i++) {
        const pair = joins.get(tokens[i]! * shift + tokens[i + 1]!);
        if (pair !== undefined && (best === undefined || pair.rank < best.rank)) [best, at] = [pair, i];
      }
      if (best === undefined) return tokens;
      tokens.splice(at, 2, best.token);
    }
  }

  return {
    type: 'bpe',
    size,
    encode(text, begins = true) {
      const start = begins && prefixSpace && !/^\s/.test(text) ? ` ${text}` : text;
      const tokens: number[] = [];
      for (const [piece] of start.matchAll(pattern))
        for (const token of encodePiece(piece)) tokens.push(token);
      return Int32Array.from(tokens);
    },
    decode(tokens) {
      const utf8: number[] = [];
      for (const token of tokens) for (const byte of texts.get(token) ?? [0xef, 0xbf, 0xbd]) utf8.push(byte);
      return Buffer.from(utf8).toString('utf8');
    },
    settled: (text) => lastPiece(text, pattern),
  };
}

/** Where the last piece begins: more text may make it longer, or cut it otherwise. */
export function lastPiece(text: string, pattern: RegExp): number {
  let last = 0;
  for (const match of text.matchAll(pattern)) last = match.index;
  return last;
}
