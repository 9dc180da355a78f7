import { DescentError } from '@descent/errors';
import { byteCharacters, defaultPattern, knownPattern } from './byte-level.ts';
import { byteLevelBpe } from './byte-level-bpe.ts';
import { byteTokenizer, characterTokenizer } from './plain-tokenizers.ts';
import type { Tokenizer } from './tokenizer.ts';
import { unigram } from './unigram.ts';
import { wordPiece } from './wordpiece.ts';

type Fields = Readonly<Record<string, unknown>>;

const maxVocabulary = 2 ** 20;
const metaspace = '▁';

/**
 * A tokenizer from the JSON that describes it: ours, or a `tokenizer.json` of Hugging Face with a byte-level BPE (the patterns of
 * GPT-2 and Llama 3), a WordPiece with BERT's normalizer, or a Unigram with Metaspace. What we could not do exactly
 * is refused. Throws TOKENIZER_INVALID.
 */
export function openTokenizer(json: unknown): Tokenizer {
  const file = fields(json, 'it');
  const model = fields(file.model, '`model`');
  switch (model.type) {
    case 'Byte':
      return byteTokenizer();
    case 'Character': {
      const { characters } = model;
      if (
        typeof characters !== 'string' ||
        characters === '' ||
        new Set(characters).size !== [...characters].length
      )
        throw invalid('`model.characters` is not a text of distinct characters');
      return characterTokenizer(characters);
    }
    case 'BPE':
      return openBpe(file, model);
    case 'WordPiece':
      return openWordPiece(file, model);
    case 'Unigram':
      return openUnigram(file, model);
    default:
      throw invalid(`\`model.type\` is ${JSON.stringify(model.type)}; BPE, WordPiece and Unigram are read`);
  }
}

function openBpe(file: Fields, model: Fields): Tokenizer {
  const vocabulary = readVocabulary(model.vocab);
  refuse(model, ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix', 'byte_fallback']);
  refuseNormalizer(file);
  const missing = byteCharacters.find((character) => !vocabulary.has(character));
  if (missing !== undefined)
    throw invalid(`its vocabulary lacks the byte "${missing}"; only byte-level BPE is read`);
  if (!Array.isArray(model.merges) || model.merges.length > maxVocabulary)
    throw invalid('`model.merges` is not a list of pairs');
  const merges = model.merges.map((merge: unknown, m): [string, string] => {
    const pair: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
    const [left, right] = pair;
    const known = (part: unknown): part is string => typeof part === 'string' && vocabulary.has(part);
    if (pair.length !== 2 || !known(left) || !known(right) || !vocabulary.has(left + right))
      throw invalid(`\`model.merges[${m}]\` is not a pair of tokens that make a token`);
    return [left, right];
  });
  const { pattern, prefixSpace } = readByteLevel(file.pre_tokenizer);
  return byteLevelBpe({
    vocabulary,
    merges,
    size: sizeOf(vocabulary.values(), file),
    pattern,
    prefixSpace,
    wholePieces: model.ignore_merges === true,
  });
}

function readByteLevel(preTokenizer: unknown): { pattern: RegExp; prefixSpace: boolean } {
  const outer = fields(preTokenizer, '`pre_tokenizer`');
  const steps =
    outer.type === 'Sequence' && Array.isArray(outer.pretokenizers) ? outer.pretokenizers : [outer];
  const [first, second] = steps.map((step: unknown) => fields(step, '`pre_tokenizer`'));
  const last = second ?? first;
  if (last?.type !== 'ByteLevel' || steps.length > 2 || (second !== undefined && first?.type !== 'Split'))
    throw invalid('`pre_tokenizer` is not ByteLevel, nor Split followed by ByteLevel');
  if (second === undefined && last.use_regex === false)
    throw invalid('`pre_tokenizer` cuts the text nowhere; pieces would be whole documents');
  const written = second === undefined ? defaultPattern : patternOf(first!);
  const pattern = knownPattern(written);
  if (pattern === undefined)
    throw invalid(`\`pre_tokenizer\` cuts by the pattern ${written}; those of GPT-2 and Llama 3 are known`);
  return { pattern, prefixSpace: last.add_prefix_space === true };
}

function patternOf({ pattern, behavior, invert }: Fields): string {
  const { Regex: written } = fields(pattern, '`pre_tokenizer.pattern`');
  if (behavior !== 'Isolated' || invert === true || typeof written !== 'string')
    throw invalid('`pre_tokenizer` splits otherwise than by an isolated regular expression');
  return written;
}

function openWordPiece(file: Fields, model: Fields): Tokenizer {
  const vocabulary = readVocabulary(model.vocab);
  const normalizer = fields(file.normalizer, '`normalizer`');
  if (normalizer.type !== 'BertNormalizer' || normalizer.clean_text === false)
    throw invalid('`normalizer` is not BertNormalizer');
  if (fields(file.pre_tokenizer, '`pre_tokenizer`').type !== 'BertPreTokenizer')
    throw invalid('`pre_tokenizer` is not BertPreTokenizer');
  const unknown = typeof model.unk_token === 'string' ? vocabulary.get(model.unk_token) : undefined;
  if (unknown === undefined) throw invalid('`model.unk_token` is not in its vocabulary');
  const { continuing_subword_prefix: prefix = '##', max_input_chars_per_word: most = 100 } = model;
  if (typeof prefix !== 'string' || prefix === '' || typeof most !== 'number' || !(most >= 1 && most <= 1000))
    throw invalid('the prefix or the longest word of `model` is not usable');
  const lowercase = normalizer.lowercase !== false;
  return wordPiece({
    vocabulary,
    size: sizeOf(vocabulary.values(), file),
    unknown,
    prefix,
    maxWordCharacters: most,
    lowercase,
    // As BERT has it: accents go with capitals unless it says otherwise.
    stripAccents: typeof normalizer.strip_accents === 'boolean' ? normalizer.strip_accents : lowercase,
    spaceChinese: normalizer.handle_chinese_chars !== false,
  });
}

function openUnigram(file: Fields, model: Fields): Tokenizer {
  if (!Array.isArray(model.vocab) || model.vocab.length === 0 || model.vocab.length > maxVocabulary)
    throw invalid('`model.vocab` is not a list of pieces');
  refuse(model, ['byte_fallback']);
  const pieces = new Map<string, { token: number; score: number }>();
  for (const [token, entry] of model.vocab.entries()) {
    const [piece, score]: unknown[] = Array.isArray(entry) ? entry : [];
    if (
      typeof piece !== 'string' ||
      typeof score !== 'number' ||
      !Number.isFinite(score) ||
      piece.length > 1024
    )
      throw invalid(`\`model.vocab[${token}]\` is not a piece with its score`);
    if (piece !== '' && !pieces.has(piece)) pieces.set(piece, { token, score });
  }
  const unknown = model.unk_id;
  if (typeof unknown !== 'number' || !(unknown in model.vocab))
    throw invalid('`model.unk_id` is not a piece');
  const {
    type,
    replacement = metaspace,
    prepend_scheme: scheme,
    split,
    add_prefix_space: added,
  } = fields(file.pre_tokenizer, '`pre_tokenizer`');
  if (type !== 'Metaspace' || replacement !== metaspace || split === false)
    throw invalid('`pre_tokenizer` is not Metaspace');
  return unigram({
    pieces,
    size: sizeOf([model.vocab.length - 1], file),
    unknown,
    space: metaspace,
    prefixSpace: scheme === undefined ? added !== false : scheme !== 'never',
    normalise: readNormalizer(file.normalizer),
  });
}

const normalizers: Readonly<Record<string, (text: string) => string>> = {
  NFC: (text) => text.normalize('NFC'),
  NFD: (text) => text.normalize('NFD'),
  NFKC: (text) => text.normalize('NFKC'),
  NFKD: (text) => text.normalize('NFKD'),
  Lowercase: (text) => text.toLowerCase(),
};

function readNormalizer(normalizer: unknown): (text: string) => string {
  if (normalizer === null || normalizer === undefined) return (text) => text;
  const { type, normalizers: steps } = fields(normalizer, '`normalizer`');
  if (type === 'Sequence' && Array.isArray(steps) && steps.length <= 10) {
    const all = steps.map(readNormalizer);
    return (text) => all.reduce((result, step) => step(result), text);
  }
  const step = typeof type === 'string' && Object.hasOwn(normalizers, type) ? normalizers[type] : undefined;
  if (step === undefined)
    throw invalid(
      `\`normalizer\` is ${JSON.stringify(type)}; ${Object.keys(normalizers).join(', ')} are read`,
    );
  return step;
}

function refuseNormalizer({ normalizer }: Fields): void {
  if (normalizer !== null && normalizer !== undefined) throw invalid('a BPE with a `normalizer` is not read');
}

function refuse(model: Fields, keys: readonly string[]): void {
  const key = keys.find(
    (name) =>
      model[name] !== undefined &&
      model[name] !== null &&
      model[name] !== '' &&
      model[name] !== false &&
      model[name] !== 0,
  );
  if (key !== undefined) throw invalid(`\`model.${key}\` is not read`);
}

function readVocabulary(vocab: unknown): Map<string, number> {
  const entries = Object.entries(fields(vocab, '`model.vocab`'));
  if (entries.length === 0 || entries.length > maxVocabulary)
    throw invalid(`its vocabulary has ${entries.length} tokens; 1 to ${maxVocabulary} are possible`);
  const numbers = new Set<number>();
  for (const [token, number] of entries) {
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= maxVocabulary)
      throw invalid(`token ${JSON.stringify(token)} has no number from 0 to ${maxVocabulary - 1}`);
    if (numbers.has(number)) throw invalid(`number ${number} stands for two tokens`);
    numbers.add(number);
  }
  return new Map(entries as [string, number][]);
}

/** Tokens that were added are never read from a text, but a model that was trained with them has rows for them. */
function sizeOf(tokens: Iterable<number>, { added_tokens: added }: Fields): number {
  let largest = 0;
  for (const token of tokens) largest = Math.max(largest, token);
  for (const entry of Array.isArray(added) ? added : []) {
    const { id } = fields(entry, '`added_tokens`');
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= maxVocabulary)
      throw invalid('`added_tokens` has a token without a number');
    largest = Math.max(largest, id);
  }
  return largest + 1;
}

function fields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`${what} is not an object`);
}

function invalid(problem: string): DescentError {
  return new DescentError('TOKENIZER_INVALID', { problem });
}
