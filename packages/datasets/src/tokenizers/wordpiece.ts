import type { Tokenizer } from './tokenizer.ts';

export interface WordPieces {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly size: number;
  readonly unknown: number;
  /** What pieces inside a word start with. */
  readonly prefix: string;
  readonly maxWordCharacters: number;
  readonly lowercase: boolean;
  readonly stripAccents: boolean;
  readonly spaceChinese: boolean;
}

const chinese =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
/** BERT's punctuation: Unicode's, and all of ASCII that is neither letter, digit nor space. */
const words = /[\p{P}!-/:-@[-`{-~]|[^\s\p{P}!-/:-@[-`{-~]+/gu;
const cutCharacters = 65_536;

/** WordPiece (Schuster & Nakajima 2012) as BERT uses it: the longest piece first, within words and punctuation marks. */
export function wordPiece(pieces: WordPieces): Tokenizer {
  const { vocabulary, size, unknown, prefix, maxWordCharacters } = pieces;
  const names = new Map(Array.from(vocabulary, ([name, token]) => [token, name]));

  function normalise(text: string): string {
    let result = text.replaceAll(/[\p{Cc}\p{Cf}\ufffd]/gu, (control) =>
      /[\t\n\r]/.test(control) ? ' ' : '',
    );
    if (pieces.spaceChinese) result = result.replaceAll(chinese, ' $& ');
    if (pieces.stripAccents) result = result.normalize('NFD').replaceAll(/\p{Mn}/gu, '');
    return pieces.lowercase ? result.toLowerCase() : result;
  }

  function encodeWord(word: string): number[] {
    const characters = [...word];
    if (characters.length > maxWordCharacters) return [unknown];
    const tokens: number[] = [];
    for (let from = 0; from < characters.length; ) {
      let to = characters.length;
      let token: number | undefined;
      for (; to > from; to--) {
        token = vocabulary.get((from === 0 ? '' : prefix) + characters.slice(from, to).join(''));
        if (token !== undefined) break;
      }
      if (token === undefined) return [unknown];
      tokens.push(token);
      from = to;
    }
    return tokens;
  }

  return {
    type: 'wordpiece',
    size,
    encode: (text) =>
      Int32Array.from(Array.from(normalise(text).matchAll(words), ([word]) => encodeWord(word)).flat()),
    decode(tokens) {
      let text = '';
      for (const token of tokens) {
        const name = names.get(token) ?? '\ufffd';
        text += name.startsWith(prefix) ? name.slice(prefix.length) : `${text === '' ? '' : ' '}${name}`;
      }
      return text;
    },
    // Words end at a space at the latest.
    settled: (text) => Math.max(text.search(/\s\S*$/) + 1, text.length > cutCharacters ? text.length - 1 : 0),
  };
}
