import type { TokenizerType } from '@descent/contracts';

/** Text to tokens and back. Special tokens of a model (start, padding) are never added and never read from the text. */
export interface Tokenizer {
  readonly type: TokenizerType;
  /** Tokens are 0 to size − 1. */
  readonly size: number;
  /** `begins`: whether the text is the beginning of a document, before which some tokenizers put a space. */
  encode(text: string, begins?: boolean): Int32Array;
  /** What can be said of each token alone, put together: equal to the text for byte, character and byte-level BPE tokens. */
  decode(tokens: Iterable<number>): string;
  /** How much of the start of a text (in UTF-16 units) has its tokens whatever follows: what a reader may encode now. */
  settled(text: string): number;
}

/** As it is stored beside the shards: `tokenizer.json` of Hugging Face, or one of ours. */
export type TokenizerFile = Readonly<Record<string, unknown>>;
