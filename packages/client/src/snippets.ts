import type { JobCreate } from '@descent/contracts';

export const snippetLanguages = ['curl', 'cli', 'python', 'typescript'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

export interface SnippetOptions {
  /** Of the service. */
  readonly url: string;
  readonly request: JobCreate;
}

/**
 * A job request as text to paste that submits it; the token comes from DESCENT_TOKEN. Nothing in the request can leave
 * its literal: JSON in a quoted here-document has no line that ends it, and strings are escaped in all languages.
 */
export function renderSnippet(language: SnippetLanguage, options: SnippetOptions): string {
  return renderers[language]({ ...options, url: options.url.replace(/\/+$/, '') });
}

const renderers: Record<SnippetLanguage, (options: SnippetOptions) => string> = {
  curl: ({ url, request }) =>
    [
      `curl --fail-with-body ${shellQuoted(`${url}/v1/jobs`)} \\`,
      `  -H "authorization: Bearer $DESCENT_TOKEN" -H 'content-type: application/json' \\`,
      `  --data-binary @- <<'JSON'`,
      JSON.stringify(request, null, 2),
      'JSON',
      '',
    ].join('\n'),

  cli: ({ url, request }) =>
    [
      `descent submit - --follow --server ${shellQuoted(url)} <<'JSON'`,
      JSON.stringify(request, null, 2),
      'JSON',
      '',
    ].join('\n'),

  python: ({ url, request }) =>
    [
      `# curl -O ${shellQuoted(`${url}/sdk/python/descent.py`)}`,
      'from descent import Client',
      '',
      `job = Client(${pythonString(url)}).submit(${pythonLiteral(request, '')})`,
      'for point in job.stream():',
      '    print(point)',
      '',
    ].join('\n'),

  typescript: ({ url, request }) =>
    [
      "import { createClient } from '@descent/client';",
      '',
      `const client = createClient({ url: ${JSON.stringify(url)}, token: process.env.DESCENT_TOKEN });`,
      `const job = await client.submit(${typescriptLiteral(request, '')});`,
      'for await (const point of job.metrics()) console.log(point.step, point.values);',
      '',
    ].join('\n'),
};

/** For a POSIX shell. */
function shellQuoted(text: string): string {
  return /^[\w./:@%-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function pythonLiteral(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return pythonString(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  return bracketed(value, indent, pythonLiteral, pythonString);
}

/** Escapes of JSON mean the same in Python. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}

function typescriptLiteral(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // `__proto__: …` would set the prototype instead of a field.
  const key = (name: string) => (/^[A-Za-z]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`);
  return bracketed(value, indent, typescriptLiteral, key);
}

/** On one line where it is short and flat. */
function bracketed(
  value: object,
  indent: string,
  literal: (value: unknown, indent: string) => string,
  key: (name: string) => string,
): string {
  const inner = `${indent}    `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value)
    ? value.map((one) => literal(one, inner))
    : Object.entries(value).flatMap(([name, one]) =>
        one === undefined ? [] : [`${key(name)}: ${literal(one, inner)}`],
      );
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length <= 60 && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}
