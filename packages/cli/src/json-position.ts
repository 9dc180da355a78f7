export interface JsonProblem {
  /** Index into the text. */
  readonly at: number;
  readonly problem: string;
}

const deepest = 500;

/** Where a text stops being JSON (RFC 8259), or null when it is. `JSON.parse` of Node 20 often does not say. */
export function findJsonProblem(text: string): JsonProblem | null {
  let at = 0;

  const fail = (problem: string, where = at): never => {
    throw new Problem({ at: where, problem });
  };
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const space = () => skip(/[ \t\r\n]*/y);
  const found = () =>
    at < text.length ? `"${String.fromCodePoint(text.codePointAt(at) ?? 0)}"` : 'the end of the file';

  const string = (): string => {
    const start = at;
    if (text[at] !== '"') fail(`expected a string in double quotes, found ${found()}`);
    at++;
    for (;;) {
      while (at < text.length && text.charCodeAt(at) >= 0x20 && text[at] !== '"' && text[at] !== '\\') at++;
      if (text[at] === '"') return text.slice(start + 1, at++);
      if (at >= text.length) fail('this string has no end', start);
      if (text[at] !== '\\') fail('a line break or control character in a string; write \\n or \\u00XX');
      if (skip(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y) === '') fail('this escape is not JSON');
    }
  };

  const members = (close: string, member: () => void) => {
    at++;
    space();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      member();
      space();
      if (text[at] === close) {
        at++;
        return;
      }
      if (text[at] !== ',') fail(`expected "," or "${close}", found ${found()}`);
      const comma = at++;
      space();
      if (text[at] === close) fail('a comma with nothing behind it', comma);
    }
  };

  const value = (depth: number): void => {
    if (depth > deepest) fail(`nested more than ${deepest} deep`);
    space();
    const start = at;
    if (text[at] === '{') {
      members('}', () => {
        string();
        space();
        if (text[at] !== ':') fail(`expected ":", found ${found()}`);
        at++;
        value(depth + 1);
      });
    } else if (text[at] === '[') members(']', () => value(depth + 1));
    else if (text[at] === '"') string();
    else if (/[-\d]/.test(text[at] ?? '')) {
      const number = skip(/[-+.\w]+/y);
      if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(number))
        fail(`${number} is not a JSON number`, start);
    } else {
      const word = skip(/\w+/y);
      if (/^(?:true|false|null)$/.test(word)) return;
      if (word === '') fail(`expected a value, found ${found()}`);
      fail(
        /^(?:NaN|Infinity)$/.test(word) ? `${word} is not JSON: numbers are finite` : `${word} is not JSON`,
        start,
      );
    }
  };

  try {
    value(0);
    space();
    if (at < text.length) fail(`expected the end of the file, found ${found()}`);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.found;
    throw error;
  }
}

class Problem extends Error {
  readonly found: JsonProblem;

  constructor(found: JsonProblem) {
    super(found.problem);
    this.found = found;
  }
}
