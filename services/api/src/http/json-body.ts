import { DescentError } from '@descent/errors';
import type { FastifyInstance } from 'fastify';

/**
 * JSON bodies, with one kindness: NaN and Infinity, which Python's `json.dumps` writes, are read as numbers so that
 * validation can say in which field they stand. Nothing accepts them.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
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
    return withoutPrototypes(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const lenient = parseWithNonFinite(text);
    if (lenient !== undefined) return withoutPrototypes(lenient);
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

/** `{"__proto__": …}` must never reach code that copies objects. */
function withoutPrototypes(value: unknown): unknown {
  const stack: unknown[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) {
      throw new DescentError('REQUEST_MALFORMED', { problem: 'the key "__proto__" is not allowed' });
    }
    for (const child of Object.values(next)) {
      if (typeof child === 'object' && child !== null) stack.push(child);
    }
  }
  return value;
}
