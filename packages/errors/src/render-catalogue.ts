import type { CatalogueEntry } from './entry.ts';

const titles: Record<string, string> = {
  request: 'Requests',
  spec: 'Model specs',
  graph: 'Computation graphs',
  data: 'Data sets',
  job: 'Training jobs',
  channel: 'Gradient channel',
  engine: 'Engines',
  interchange: 'Tracing, import and export',
  queue: 'Queue',
  cli: 'Command line',
};

/** docs/errors.md, from the catalogue by section. */
export function renderCatalogue(
  sections: Readonly<Record<string, Readonly<Record<string, CatalogueEntry>>>>,
): string {
  const parts = Object.entries(sections)
    .filter(([, entries]) => Object.keys(entries).length > 0)
    .map(
      ([name, entries]) =>
        `## ${titles[name] ?? name}\n\n${Object.entries(entries).map(renderEntry).join('\n')}`,
    );
  return `${preface}\n${parts.join('\n')}`;
}

const preface = `# Errors

Every failure that leaves Descent has a code from one catalogue (\`packages/errors/src/catalogue\`), from which this page is
made by \`node scripts/errors-doc.mjs\`. An answer of the api looks like this; \`details\` holds what the message names in
braces, and often more, for programs:

\`\`\`json
{ "statusCode": 422, "code": "REQUEST_INVALID", "error": "Unprocessable Entity",
  "message": "training.batchSize: must be at least 1, got 0", "details": { "path": "training.batchSize" } }
\`\`\`
`;

function renderEntry([code, { status, message, advice, retryable }]: [string, CatalogueEntry]): string {
  const again = retryable ? ' · may succeed later' : '';
  return `### ${code}\n\n${status}${again}\n\n> ${message}\n\n${advice}\n`;
}
