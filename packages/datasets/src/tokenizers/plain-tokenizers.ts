import type { Tokenizer, TokenizerFile } from './tokenizer.ts';

/** UTF-8, one token per byte. */
export function byteTokenizer(): Tokenizer {
  return {
    type: 'byte',
    size: 256,
    encode: (text) => Int32Array.from(new TextEncoder().encode(text)),
    decode: (tokens) => Buffer.from(Uint8Array.from(tokens)).toString('utf8'),
    settled: (text) => text.length,
  };
}

export const byteTokenizerFile: TokenizerFile = { model: { type: 'Byte' } };

/** One token per code point. `characters` are distinct; any other is refused by `encode`, with a RangeError that names it. */
export function characterTokenizer(characters: string): Tokenizer {
  const all = [...characters];
  const codes = new Map(all.map((character, code) => [character, code]));
  return {
    type: 'character',
    size: all.length,
    encode(text) {
      const tokens = new Int32Array(text.length);
      let count = 0;
      for (const character of text) {
        const code = codes.get(character);
        if (code === undefined) throw new RangeError(`"${character}" is not in the vocabulary`);
        tokens[count++] = code;
      }
      return tokens.subarray(0, count);
    },
    decode: (tokens) => Array.from(tokens, (token) => all[token] ?? '\ufffd').join(''),
    settled: (text) => text.length,
  };
}

export function characterTokenizerFile(characters: string): TokenizerFile {
  return { model: { type: 'Character', characters } };
}
