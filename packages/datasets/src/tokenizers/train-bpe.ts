import { byteCharacters, defaultPattern, knownPattern } from './byte-level.ts';
import { lastPiece } from './byte-level-bpe.ts';
import type { TokenizerFile } from './tokenizer.ts';

/** What is learned from: more text changes the merges little. */
const maxCharacters = 64 * 1024 ** 2;
const maxPieces = 2 ** 19;
const shift = 2 ** 21;

/**
 * Learns byte-level byte pairs: from the 256 bytes on, always joins the pair that occurs most often within pieces (of
 * several, the one of the lowest token numbers), until the vocabulary is full or no pair occurs twice. The result depends on the text and the size only.
 * Source: Sennrich, Haddow & Birch 2016; pieces as in GPT-2.
 */
export async function trainBpe(texts: AsyncIterable<string>, size: number): Promise<TokenizerFile> {
  const pieces = await countPieces(texts);
  const words = Array.from(pieces, ([piece, count]) => ({ tokens: [...Buffer.from(piece)], count }));
  const names = [...byteCharacters];
  const merges: string[] = [];
  const pairs = countPairs(words);
  for (let best = pairs.most(); best !== undefined && names.length < size; best = pairs.most()) {
    const [left, right] = [Math.floor(best / shift), best % shift];
    merges.push(`${names[left]} ${names[right]}`);
    names.push(`${names[left]}${names[right]}`);
    pairs.join(left, right, names.length - 1);
  }
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(names.map((name, token) => [name, token])),
      merges,
    },
  };
}

async function countPieces(texts: AsyncIterable<string>): Promise<Map<string, number>> {
  const pattern = knownPattern(defaultPattern)!;
  const pieces = new Map<string, number>();
  const count = (text: string) => {
    for (const [piece] of text.matchAll(pattern)) {
      const before = pieces.get(piece) ?? 0;
      if (before > 0 || pieces.size < maxPieces) pieces.set(piece, before + 1);
    }
  };
  let rest = '';
  let seen = 0;
  for await (const text of texts) {
    rest += text;
    seen += text.length;
    const settled = lastPiece(rest, pattern);
    count(rest.slice(0, settled));
    rest = rest.slice(settled);
    if (seen >= maxCharacters) break;
  }
  count(rest);
  return pieces;
}

interface Word {
  tokens: number[];
  readonly count: number;
}

/** Pairs of neighbouring tokens with how often they occur, kept up to date while they are joined. */
function countPairs(words: readonly Word[]) {
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const heap = createHeap();

  function change(key: number, by: number, word: number): void {
    const count = (counts.get(key) ?? 0) + by;
    counts.set(key, count);
    if (by < 0) return;
    const where = places.get(key) ?? new Set();
    places.set(key, where.add(word));
  }

  const pairsOf = ({ tokens }: Word) => tokens.slice(1).map((token, i) => tokens[i]! * shift + token);

  for (const [w, word] of words.entries()) for (const key of pairsOf(word)) change(key, word.count, w);
  for (const [key, count] of counts) heap.push(count, key);

  return {
    /** The most frequent pair that occurs at least twice. */
    most(): number | undefined {
      for (;;) {
        const top = heap.pop();
        if (top === undefined || top.count < 2) return undefined;
        const now = counts.get(top.key) ?? 0;
        if (now === top.count) return top.key;
        // Counts that fell are corrected when they come up; those that rose were pushed.
        if (now > 0 && now < top.count) heap.push(now, top.key);
      }
    },
    join(left: number, right: number, joined: number): void {
      const key = left * shift + right;
      const touched = new Set<number>();
      for (const w of places.get(key) ?? []) {
        const word = words[w]!;
        for (const pair of pairsOf(word)) change(pair, -word.count, w);
        const tokens: number[] = [];
        for (let i = 0; i < word.tokens.length; i++) {
          const here = word.tokens[i] === left && word.tokens[i + 1] === right;
          tokens.push(here ? joined : word.tokens[i]!);
          if (here) i++;
        }
        word.tokens = tokens;
        for (const pair of pairsOf(word)) {
          change(pair, word.count, w);
          touched.add(pair);
        }
      }
      places.delete(key);
      counts.delete(key);
      for (const pair of touched) heap.push(counts.get(pair)!, pair);
    },
  };
}

interface Counted {
  readonly count: number;
  readonly key: number;
}

/** A binary heap: the highest count first, of equal ones the lowest key. */
function createHeap() {
  const items: Counted[] = [];
  const before = (a: Counted, b: Counted) => a.count > b.count || (a.count === b.count && a.key < b.key);
  const swap = (i: number, j: number) => {
    [items[i], items[j]] = [items[j]!, items[i]!];
  };
  return {
    push(count: number, key: number): void {
      items.push({ count, key });
      for (let i = items.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(items[i]!, items[parent]!)) break;
        swap(i, parent);
        i = parent;
      }
    },
    pop(): Counted | undefined {
      const [top] = items;
      const last = items.pop();
      if (top === undefined || last === undefined || items.length === 0) return top;
      items[0] = last;
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let first = i;
        if (left < items.length && before(items[left]!, items[first]!)) first = left;
        if (right < items.length && before(items[right]!, items[first]!)) first = right;
        if (first === i) return top;
        swap(i, first);
        i = first;
      }
    },
  };
}
