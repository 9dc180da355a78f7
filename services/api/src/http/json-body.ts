import { DescentError } from '@descent/errors';
import type { FastifyInstance } from 'fastify';

/**
 * JSON bodies, with one kindness: NaN and Infinity, which Python's `json.dumps` writes, are read as numbers so that
 * validation can say in which field they stand. Nothing accepts them.
 */
export function acceptJson(app: FastifyInstance): void {
  // What routes do not ask for is answered 415 before it is read.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseBody(body.toString()));
    } catch (error) {
      done(error as Error);
    }
  });
}

export function parseBody(text: string): unknown {
  try {
    return plain(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const lenient = parseWithNonFinite(text);
    if (lenient !== undefined) return plain(lenient);
    throw new DescentError('REQUEST_MALFORMED', { problem: error.message }, { cause: error });
  }
}

const marker = '\u0000descent:';
const values: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function parseWithNonFinite(text: string): unknown {
  // A whole string literal or a bare word, so that NaN inside a string is left alone.
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
    token in values ? JSON.stringify(marker + token) : token,
  );
  try {
    return JSON.parse(marked, (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith(marker)
        ? (values[value.slice(marker.length)] ?? value)
        : value,
    );
  } catch {
    return undefined;
  }
}

/** Deeper than any body of ours by far. Validation walks in, and every level costs stack. */
const deepest = 64;
/** In one body. Arrays are bounded by its bytes, objects cost more than their text. */
const mostKeys = 200_000;
/** Keys that must never reach code that copies objects. */
const forbidden = ['__proto__', 'constructor', 'prototype'];

/** Without recursion: a body of eight million brackets must not end the process. */
function plain(value: unknown): unknown {
  const refuse = (problem: string) => new DescentError('REQUEST_MALFORMED', { problem });
  let keys = 0;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw refuse(`it is nested more than ${deepest} levels deep`);
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (!Array.isArray(one)) {
        keys += Object.keys(one).length;
        if (keys > mostKeys) throw refuse(`it has more than ${mostKeys} keys`);
        const bad = forbidden.find((key) => Object.hasOwn(one, key));
        if (bad !== undefined) throw refuse(`the key "${bad}" is not allowed`);
      }
      for (const child of Object.values(one)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return value;
}
