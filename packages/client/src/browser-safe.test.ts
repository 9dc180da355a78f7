import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Files of this package that only its tests load. */
const testOnly = /\.test\.ts$|^testing-/;

test('the sources import nothing of Node, so that the dashboard can bundle them', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => name.endsWith('.ts') && !testOnly.test(name));
  expect(sources).toContain('tracing/trace.ts');
  expect(sources.length).toBeGreaterThan(5);
  for (const name of sources) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    // Text that users run in Node may name what Node has.
    const code = text.replaceAll('process.env.DESCENT_TOKEN', '');
    expect.soft(code, name).not.toMatch(/from '(node:|fs|http|stream)|\bprocess\.|\bBuffer\b/);
  }
});
