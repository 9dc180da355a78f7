import { readFile, stat } from 'node:fs/promises';
import type { ColumnTokenizer, IngestOptions } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ArtifactSink } from './artifacts.ts';
import { canonicalJson } from './canonical-json.ts';
import { allocateColumn } from './column.ts';
import { csvBytes, readCsvStart } from './csv-bytes.ts';
import { encodingOf } from './csv-dialect.ts';
import type { SampleBlock, SplitSource } from './split-source.ts';
import { openTokenizer } from './tokenizers/open-tokenizer.ts';
import { byteTokenizerFile, characterTokenizerFile } from './tokenizers/plain-tokenizers.ts';
import type { Tokenizer, TokenizerFile } from './tokenizers/tokenizer.ts';
import { trainBpe } from './tokenizers/train-bpe.ts';

/** A file of running text, or the `tokenizer.json` that says how it becomes tokens. */
export interface TextPart {
  readonly path: string;
  readonly name: string;
  readonly split: string;
  readonly options: IngestOptions;
}

const maxCharacters = 10_000;
const maxTokenizerBytes = 64 * 1024 ** 2;
const defaultVocabulary = 1024;
/** Of column `tokens`; a block of them is copied by the writer. */
const maxBlockTokens = 2 ** 20;

/**
 * Texts as one column `tokens`: each sample is one token, in the order of the text. Files of the same split follow each other.
 * The tokenizer is stored in `sink`; characters are learned from all splits, byte pairs from `train` (or the first split).
 * Throws TEXT_INVALID, TOKENIZER_INVALID, DATA_TOO_LARGE (too many characters), DATA_EMPTY.
 */
export async function openTexts(parts: readonly TextPart[], sink: ArtifactSink): Promise<SplitSource[]> {
  const texts = parts.filter(({ name }) => !isTokenizerFile(name));
  const [first] = texts;
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part: 'the text' });
  const given = parts.find(({ name }) => isTokenizerFile(name));
  const file = given === undefined ? await learnTokenizer(texts) : await readTokenizer(given.path);
  const tokenizer = openTokenizer(file);
  const { hash } = await sink.put(Buffer.from(canonicalJson(file)));
  const description: ColumnTokenizer = { type: tokenizer.type, size: tokenizer.size, hash };
  const dtype = tokenizer.size <= 256 ? 'uint8' : 'int32';
  return [...new Set(texts.map(({ split }) => split))].map((split) => ({
    name: split,
    columns: [{ name: 'tokens', dtype, shape: [], kind: 'tokens', tokenizer: description }],
    async *blocks(): AsyncGenerator<SampleBlock> {
      for (const part of texts) if (part.split === split) yield* blocksOf(part, tokenizer, dtype);
    },
  }));
}

export function isTokenizerFile(name: string): boolean {
  return /(?:^|\/)tokenizer\.json$/.test(name);
}

async function learnTokenizer(texts: readonly TextPart[]): Promise<TokenizerFile> {
  const { tokens = 'character', vocabulary = defaultVocabulary } = texts[0]!.options.text ?? {};
  switch (tokens) {
    case 'byte':
      return byteTokenizerFile;
    case 'character':
      return characterTokenizerFile(await charactersOf(texts));
    case 'bpe': {
      const train = texts.filter(({ split }) => split === 'train');
      return trainBpe(all(train.length > 0 ? train : [texts[0]!]), vocabulary);
    }
    default:
      return tokens satisfies never;
  }
}

/** In the order of their code points. */
async function charactersOf(texts: readonly TextPart[]): Promise<string> {
  const characters = new Set<string>();
  for await (const text of all(texts)) {
    for (const character of text) characters.add(character);
    if (characters.size > maxCharacters) {
      throw new DescentError('DATA_TOO_LARGE', {
        part: 'The number of different characters, with `text.tokens` = "character",',
        actual: `more than ${maxCharacters}; "byte" and "bpe" take any`,
        limit: `${maxCharacters}`,
      });
    }
  }
  if (characters.size === 0) throw new DescentError('DATA_EMPTY', { part: 'the text' });
  return [...characters].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!).join('');
}

async function readTokenizer(path: string): Promise<TokenizerFile> {
  const { size } = await stat(path);
  if (size > maxTokenizerBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: 'tokenizer.json',
      actual: `${size} bytes`,
      limit: `${maxTokenizerBytes} bytes`,
    });
  }
  try {
    return JSON.parse(await readFile(path, 'utf8')) as TokenizerFile;
  } catch (cause) {
    throw new DescentError('TOKENIZER_INVALID', { problem: 'it is not JSON' }, { cause });
  }
}

async function* all(texts: readonly TextPart[]): AsyncGenerator<string> {
  for (const text of texts) yield* readTexts(text);
}

/** The text of a file in chunks that end between characters. Throws TEXT_INVALID. */
async function* readTexts({ path, options }: TextPart): AsyncGenerator<string> {
  const encoding = options.encoding ?? encodingOf(await readCsvStart(path, 4));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let offset = 0;
  const invalid = (at: number, problem: string, cause?: unknown) =>
    new DescentError('TEXT_INVALID', { offset: at, problem }, { cause });
  for await (const { bytes } of csvBytes(path, encoding)) {
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw invalid(offset + zero, 'it holds a NUL byte');
    try {
      yield decoder.decode(bytes, { stream: true });
    } catch (cause) {
      const wrong = bytes.toString('utf8').indexOf('\ufffd', offset === 0 ? 0 : 1);
      const before = Buffer.byteLength(bytes.toString('utf8').slice(0, Math.max(0, wrong)));
      throw invalid(offset + before, 'it is not UTF-8; name its encoding', cause);
    }
    offset += bytes.byteLength;
  }
  try {
    yield decoder.decode();
  } catch (cause) {
    throw invalid(offset, 'it ends within a character', cause);
  }
}

async function* blocksOf(
  part: TextPart,
  tokenizer: Tokenizer,
  dtype: 'uint8' | 'int32',
): AsyncGenerator<SampleBlock> {
  let rest = '';
  let begins = true;
  for await (const text of readTexts(part)) {
    rest += text;
    const settled = tokenizer.settled(rest);
    if (settled === 0) continue;
    yield* blocksOfText(tokenizer, rest.slice(0, settled), begins, dtype);
    rest = rest.slice(settled);
    begins = false;
  }
  if (rest !== '') yield* blocksOfText(tokenizer, rest, begins, dtype);
}

function* blocksOfText(
  tokenizer: Tokenizer,
  text: string,
  begins: boolean,
  dtype: 'uint8' | 'int32',
): Generator<SampleBlock> {
  const tokens = tokenizer.encode(text, begins);
  for (let from = 0; from < tokens.length; from += maxBlockTokens) {
    const part = tokens.subarray(from, from + maxBlockTokens);
    const data = allocateColumn(dtype, part.length);
    data.set(part);
    yield { count: part.length, data: [data] };
  }
}
