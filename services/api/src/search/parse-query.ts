import { nearestName } from '@descent/contracts';
import { type Field, findField, type Scalar } from './query-fields.ts';
import { queryInvalid } from './query-invalid.ts';
import { type Comparator, type QueryToken, readTokens } from './read-tokens.ts';

/** A question about jobs whose every part was checked: what has this type can be answered. */
export type Query =
  | { readonly type: 'all' }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly type: 'not'; readonly part: Query }
  /** Name, id, tags or notes contain it. */
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'compare';
      readonly field: Field;
      readonly comparator: Comparator;
      readonly value: Scalar;
    };

const deepest = 32;

/**
 *     query      = [ or ]
 *     or         = and { "or" and }
 *     and        = not { [ "and" ] not }
 *     not        = "not" not | "(" or ")" | comparison | word | quoted
 *     comparison = field ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" ) ( word | quoted )
 *
 * @throws DescentError QUERY_INVALID with the column of the problem
 */
export function parseQuery(query: string, nowMs: number): Query {
  const tokens = readTokens(query);
  let index = 0;
  let depth = 0;
  const peek = () => tokens[index] as QueryToken;
  const take = () => tokens[index++] as QueryToken;

  if (peek().type === 'end') return { type: 'all' };
  const parsed = or();
  if (peek().type !== 'end') throw queryInvalid(peek(), 'this ")" closes nothing');
  return parsed;

  function or(): Query {
    const parts = [and()];
    while (peek().type === 'or') {
      take();
      parts.push(and());
    }
    return joined('or', parts);
  }

  function and(): Query {
    const parts = [not()];
    for (;;) {
      if (peek().type === 'and') take();
      else if (['or', 'close', 'end'].includes(peek().type)) return joined('and', parts);
      parts.push(not());
    }
  }

  function not(): Query {
    if (peek().type !== 'not' && peek().type !== 'open') return single();
    const token = take();
    depth++;
    if (depth > deepest) throw queryInvalid(token, `is nested deeper than ${deepest} levels`);
    const inner = token.type === 'not' ? ({ type: 'not', part: not() } as const) : or();
    if (token.type === 'open' && take().type !== 'close')
      throw queryInvalid(token, 'this "(" is never closed');
    depth--;
    return inner;
  }

  function single(): Query {
    const token = take();
    if (token.type === 'quoted') return { type: 'text', text: token.text };
    if (token.type !== 'word') {
      const what =
        token.type === 'end'
          ? 'the query ends'
          : `"${query.slice(token.at, token.at + token.length)}" stands`;
      throw queryInvalid(token, `${what} where a word or a comparison should`);
    }
    const comparator = peek();
    if (comparator.type === 'comparator') {
      take();
      return comparison(token, comparator, take());
    }
    const mistaken = token.text.split(':')[0] ?? '';
    if (mistaken !== token.text && !('problem' in findField(mistaken)))
      throw queryInvalid(token, `write ${mistaken} = ${token.text.slice(mistaken.length + 1) || '…'}`);
    return { type: 'text', text: token.text };
  }

  function comparison(
    name: Extract<QueryToken, { type: 'word' | 'quoted' }>,
    { comparator }: Extract<QueryToken, { type: 'comparator' }>,
    value: QueryToken,
  ): Query {
    const field = findField(name.text);
    if ('problem' in field) throw queryInvalid(name, field.problem, field.didYouMean);
    if (value.type !== 'word' && value.type !== 'quoted')
      throw queryInvalid(
        value,
        `a value should follow "${comparator}"; put quotation marks around one such as "and"`,
      );
    return { type: 'compare', field, comparator, value: readValue(field, comparator, value, nowMs) };
  }
}

function joined(type: 'and' | 'or', parts: readonly Query[]): Query {
  return parts.length === 1 ? (parts[0] as Query) : { type, parts };
}

const ordered: ReadonlySet<Comparator> = new Set(['>', '>=', '<', '<=']);

function readValue(
  { name, kind, choices = [] }: Field,
  comparator: Comparator,
  token: Extract<QueryToken, { type: 'word' | 'quoted' }>,
  nowMs: number,
): Scalar {
  const { text } = token;
  const isOrdered = ordered.has(comparator);
  const refuse = (problem: string, didYouMean?: string) => queryInvalid(token, problem, didYouMean);
  if (comparator === '~' && kind !== 'text' && kind !== 'any')
    throw refuse(`${name} is no text: "~" does not go with it`);
  switch (kind) {
    case 'number':
      return readNumber(text) ?? fail(refuse(`${name} is compared with a number, not with "${text}"`));
    case 'time':
      return (
        readTime(text, nowMs) ??
        fail(refuse(`${name} is compared with a day such as 2026-01-31, a moment, or -7d, -12h, -30m ago`))
      );
    case 'boolean':
      if (isOrdered || !['true', 'false'].includes(text)) throw refuse(`${name} is = true or = false`);
      return text === 'true';
    case 'choice':
      if (isOrdered || !choices.includes(text))
        throw refuse(`${name} is = one of ${choices.join(', ')}`, nearestName(text, choices));
      return text;
    case 'text':
      if (isOrdered) throw refuse(`${name} is text, which has no order: use =, != or ~`);
      return text;
    case 'any': {
      const value = token.type === 'quoted' || comparator === '~' ? text : readScalar(text);
      if (isOrdered && typeof value !== 'number')
        throw refuse(`"${comparator}" needs a number, not "${text}"`);
      return value;
    }
    default:
      return kind satisfies never;
  }
}

function fail(error: Error): never {
  throw error;
}

function readScalar(text: string): Scalar {
  if (text === 'true' || text === 'false') return text === 'true';
  return readNumber(text) ?? text;
}

function readNumber(text: string): number | null {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function readTime(text: string, nowMs: number): number | null {
  const ago = /^-(\d{1,6})([mhd])$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * unitMs[ago[2] as keyof typeof unitMs];
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)?$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
