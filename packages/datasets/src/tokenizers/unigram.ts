import type { Tokenizer } from './tokenizer.ts';

export interface Unigrams {
  /** Piece → number and log probability. */
  readonly pieces: ReadonlyMap<string, { readonly token: number; readonly score: number }>;
  readonly size: number;
  readonly unknown: number;
  /** Stands for a space, ▁. */
  readonly space: string;
  /** Whether a document starts with a space that its text lacks. */
  readonly prefixSpace: boolean;
  readonly normalise: (text: string) => string;
}

/** SentencePiece takes an unknown character for ten nats less likely than the least likely piece. */
const unknownPenalty = 10;
const cutCharacters = 65_536;

/** The unigram language model (Kudo 2018): of all ways to cut a word into pieces, the most likely one (Viterbi). */
export function unigram({ pieces, size, unknown, space, prefixSpace, normalise }: Unigrams): Tokenizer {
  const names = new Map(Array.from(pieces, ([name, { token }]) => [token, name]));
  let longest = 1;
  let least = 0;
  for (const [name, { score }] of pieces) {
    longest = Math.max(longest, [...name].length);
    least = Math.min(least, score);
  }
  const unknownScore = least - unknownPenalty;

  function encodeWord(word: string): number[] {
    const characters = [...word];
    const best = new Float64Array(characters.length + 1).fill(Number.NEGATIVE_INFINITY);
    const from = new Int32Array(characters.length + 1);
    const token = new Int32Array(characters.length + 1);
    best[0] = 0;
    for (let start = 0; start < characters.length; start++) {
      let text = '';
      for (let end = start + 1; end <= Math.min(characters.length, start + longest); end++) {
        text += characters[end - 1];
        const piece = pieces.get(text);
        if (piece === undefined && end > start + 1) continue;
        const score = best[start]! + (piece?.score ?? unknownScore);
        if (score > best[end]!) [best[end], from[end], token[end]] = [score, start, piece?.token ?? unknown];
      }
    }
    const tokens: number[] = [];
    for (let end = characters.length; end > 0; end = from[end]!) {
      // Unknown characters that follow each other are one token.
      if (token[end] === unknown && tokens.at(-1) === unknown) continue;
      tokens.push(token[end]!);
    }
    return tokens.reverse();
  }

  return {
    type: 'unigram',
    size,
    encode(text, begins = true) {
      const spaced = normalise(text).replaceAll(' ', space);
      const start = begins && prefixSpace && !spaced.startsWith(space) ? space + spaced : spaced;
      const words = start.split(new RegExp(`(?=${space})`, 'u'));
      return Int32Array.from(words.flatMap(encodeWord));
    },
    decode: (tokens) =>
      Array.from(tokens, (token) => names.get(token) ?? '\ufffd')
        .join('')
        .replaceAll(space, ' ')
        .replace(/^ /, ''),
    // Words begin at a space.
    settled: (text) => Math.max(text.lastIndexOf(' '), text.length > cutCharacters ? text.length - 1 : 0),
  };
}
