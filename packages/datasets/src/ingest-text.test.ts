import { decodeSafetensors } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { type IngestInput, ingestFiles } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';
import { openTokenizer } from './tokenizers/open-tokenizer.ts';

async function ingest(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: IngestInput['options'] = {},
) {
  const sink = createMemoryArtifacts();
  const inputs: IngestInput[] = [];
  for (const [name, content] of Object.entries(files))
    inputs.push({ path: await scratchFile('upload', content), name, options });
  const { manifest, report } = await ingestFiles({ files: inputs, sink });
  const [column] = manifest.columns;
  const tokenizer = openTokenizer(
    JSON.parse(Buffer.from(await sink.get(column!.tokenizer!.hash)).toString()),
  );
  const tokens = new Map<string, number[]>();
  for (const { name, shards } of manifest.splits) {
    const data: number[] = [];
    for (const { hash } of shards)
      for (const token of decodeSafetensors(await sink.get(hash)).tensors.get('tokens')!.data)
        data.push(Number(token));
    tokens.set(name, data);
  }
  return { manifest, report, column: column!, tokenizer, tokens };
}

const failure = (...call: Parameters<typeof ingest>) => failureOf(() => ingest(...call));

describe('ingesting text', () => {
  it('becomes one token per character, numbered by code point, over all splits', async () => {
    const { column, tokens, tokenizer } = await ingest({ 'train.txt': 'Abba\n', 'test.txt': 'aß😀' });
    expect(column).toMatchObject({
      name: 'tokens',
      dtype: 'uint8',
      shape: [],
      kind: 'tokens',
      tokenizer: { type: 'character', size: 6 },
    });
    // \n A a b ß 😀
    expect(tokens.get('train')).toEqual([1, 3, 3, 2, 0]);
    expect(tokens.get('test')).toEqual([2, 4, 5]);
    expect(tokenizer.decode(tokens.get('test')!)).toBe('aß😀');
  });

  it('finds no repeated rows in a text: tokens repeat by nature', async () => {
    const { report } = await ingest({ 'a.txt': 'aaaa\nbbbb\n' });
    expect(report.findings).toEqual([]);
  });

  it('becomes bytes', async () => {
    const { column, tokens } = await ingest({ 'a.txt': 'aé' }, { text: { tokens: 'byte' } });
    expect(column.tokenizer).toMatchObject({ type: 'byte', size: 256 });
    expect(tokens.get('train')).toEqual([97, 0xc3, 0xa9]);
  });

  it('learns byte pairs: the most frequent first, the same each time', async () => {
    const text = 'low low low lower lower newest newest newest newest newest widest widest ';
    const once = await ingest({ 'a.txt': text }, { text: { tokens: 'bpe', vocabulary: 262 } });
    expect(once.column.dtype).toBe('int32');
    // By hand: " n", "ne" … within pieces " newest": e-s (7), es-t (7), then pairs of five.
    const names = [256, 257, 258, 259, 260, 261].map((token) => once.tokenizer.decode([token]));
    expect(names.slice(0, 2)).toEqual(['es', 'est']);
    expect(once.tokenizer.decode(once.tokens.get('train')!)).toBe(text);
    const again = await ingest({ 'b.txt': text }, { text: { tokens: 'bpe', vocabulary: 262 } });
    expect(again.manifest.hash).toBe(once.manifest.hash);
  });

  it('gives the same tokens for a text of many chunks as for the whole of it', async () => {
    const words = Array.from(
      { length: 200_000 },
      (_, i) => ['alpha', 'beta ', "don't", '  7', 'ßé'][(i * 7) % 5],
    );
    const text = words.join(' ');
    const { tokens, tokenizer } = await ingest(
      { 'a.txt': text },
      { text: { tokens: 'bpe', vocabulary: 300 } },
    );
    expect(Buffer.byteLength(text)).toBeGreaterThan(1024 ** 2);
    expect(tokens.get('train')).toEqual([...tokenizer.encode(text)]);
  });

  it('takes a tokenizer.json that comes with the text', async () => {
    const vocab = Object.fromEntries(['[UNK]', 'hell', '##o', 'world', '!'].map((name, i) => [name, i]));
    const tokenizer = {
      normalizer: { type: 'BertNormalizer', lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: { type: 'WordPiece', vocab, unk_token: '[UNK]', continuing_subword_prefix: '##' },
    };
    const files = { 'a.txt': 'Hello, wörld! hello', 'tokenizer.json': JSON.stringify(tokenizer) };
    const { column, tokens } = await ingest(files);
    expect(column.tokenizer).toMatchObject({ type: 'wordpiece', size: 5 });
    expect(tokens.get('train')).toEqual([1, 2, 0, 3, 4, 1, 2]);
    expect(await failure({ ...files, 'tokenizer.json': '{"model":{"type":"Word"}}' })).toBe(
      'TOKENIZER_INVALID: The tokenizer cannot be used: `model.type` is "Word"; BPE, WordPiece and Unigram are read',
    );
  });

  it('names the byte at which a text stops being text', async () => {
    expect(await failure({ 'a.txt': Buffer.from([97, 98, 0xff, 97]) })).toBe(
      'TEXT_INVALID: The text cannot be read at byte 2: it is not UTF-8; name its encoding',
    );
    expect(await failure({ 'a.txt': Buffer.concat([Buffer.alloc(5000, 97), Buffer.from([0])]) })).toBe(
      'TEXT_INVALID: The text cannot be read at byte 5000: it holds a NUL byte',
    );
    expect(await failure({ 'a.txt': Buffer.from([97, 0xc3]) })).toContain('it ends within a character');
    const { tokens } = await ingest({ 'a.txt': Buffer.from([97, 0xe9]) }, { encoding: 'latin1' });
    expect(tokens.get('train')).toEqual([0, 1]);
  });

  it('tells a table in a .txt file from prose', async () => {
    const sink = createMemoryArtifacts();
    const path = await scratchFile('data.txt', 'a;b\n1;2\n3;4\n');
    const { manifest } = await ingestFiles({ files: [{ path }], sink });
    expect(manifest.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('a tokenizer of Hugging Face', () => {
  it('is read as Unigram: the most likely pieces, unknown ones as one', () => {
    const tokenizer = openTokenizer({
      normalizer: { type: 'NFKC' },
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['▁a', -1],
          ['b', -2],
          ['▁ab', -2.5],
          ['a', -3],
          ['▁', -4],
          ['ab', -8],
        ],
      },
    });
    // "▁ab" alone is likelier (−2.5) than "▁a" + "b" (−3).
    expect([...tokenizer.encode('ab b xy')]).toEqual([3, 5, 2, 5, 0]);
    expect(tokenizer.decode([3, 5, 2])).toBe('ab b');
  });

  it('is read as byte-level BPE with its own order of merges', () => {
    const bytes = Object.fromEntries(Array.from({ length: 256 }, (_, byte) => [byteCharacter(byte), byte]));
    const model = {
      type: 'BPE',
      vocab: { ...bytes, ab: 256, bc: 257, abc: 258, Ġa: 259 },
      merges: ['b c', 'a b', 'a bc', ['Ġ', 'a']],
    };
    const tokenizer = openTokenizer({ pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false }, model });
    expect([...tokenizer.encode('abc ab a')]).toEqual([258, 32, 256, 259]);
    expect(() =>
      openTokenizer({
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false },
            { type: 'ByteLevel', use_regex: false },
          ],
        },
        model,
      }),
    ).toThrow('cuts by the pattern (a+)+$; those of GPT-2 and Llama 3 are known');
  });

  it.each([
    [{}, '`model` is not an object'],
    [{ model: { type: 'BPE', vocab: { a: 0, b: 0 }, merges: [] } }, 'number 0 stands for two tokens'],
    [{ model: { type: 'BPE', vocab: { a: 1e9 }, merges: [] } }, 'has no number from 0 to'],
    [
      { model: { type: 'BPE', vocab: { a: 0 }, merges: [] }, pre_tokenizer: null },
      'only byte-level BPE is read',
    ],
    [{ model: { type: 'Unigram', vocab: [['a', Number.NaN]], unk_id: 0 } }, 'is not a piece with its score'],
  ])('is refused when it is broken %#', (json, problem) => {
    expect(() => openTokenizer(json)).toThrow(problem);
  });
});

function byteCharacter(byte: number): string {
  const plain = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  if (plain(byte)) return String.fromCharCode(byte);
  return String.fromCharCode(256 + Array.from({ length: byte }, (_, b) => b).filter((b) => !plain(b)).length);
}
