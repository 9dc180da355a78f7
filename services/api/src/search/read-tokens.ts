import { queryInvalid } from './query-invalid.ts';

export const comparators = ['=', '!=', '>', '>=', '<', '<=', '~'] as const;
export type Comparator = (typeof comparators)[number];

/** One piece of a query; `at` counts characters from 0. */
export type QueryToken = { readonly at: number; readonly length: number } & (
  | { readonly type: 'open' | 'close' | 'and' | 'or' | 'not' | 'end' }
  | { readonly type: 'comparator'; readonly comparator: Comparator }
  | { readonly type: 'word' | 'quoted'; readonly text: string }
);

/** Enough for any honest question; the query itself is at most 1,000 characters. */
const mostTokens = 300;

const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not']);
/** Each matches at one place or not at all: no backtracking, whatever the query is. */
const patterns = {
  space: /\s+/y,
  comparator: /!=|>=|<=|[=<>~]/y,
  quoted: /"([^"]*)"/y,
  word: /[^\s()"=!<>~]+/y,
};

/** @throws DescentError QUERY_INVALID */
export function readTokens(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(query);
  };
  while (at < query.length) {
    const space = take(patterns.space);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const token = next();
    tokens.push(token);
    if (tokens.length > mostTokens) throw queryInvalid(token, `has more than ${mostTokens} words and signs`);
    at += token.length;
  }
  tokens.push({ type: 'end', at: query.length, length: 0 });
  return tokens;

  function next(): QueryToken {
    const character = query[at];
    if (character === '(') return { type: 'open', at, length: 1 };
    if (character === ')') return { type: 'close', at, length: 1 };
    const comparator = take(patterns.comparator)?.[0];
    if (comparator !== undefined)
      return { type: 'comparator', comparator: comparator as Comparator, at, length: comparator.length };
    const quoted = take(patterns.quoted);
    if (quoted !== null) return { type: 'quoted', text: quoted[1] ?? '', at, length: quoted[0].length };
    const word = take(patterns.word)?.[0];
    if (word === undefined) {
      const problem = character === '"' ? 'this quotation mark is never closed' : 'write "!=" or "not"';
      throw queryInvalid({ at, length: 1 }, problem);
    }
    const keyword = word.toLowerCase();
    if (keywords.has(keyword)) return { type: keyword as 'and' | 'or' | 'not', at, length: word.length };
    return { type: 'word', text: word, at, length: word.length };
  }
}
