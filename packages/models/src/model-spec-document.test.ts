import { readFileSync } from 'node:fs';
import { initializerNames, layerSchemas, lossSchemas, metricNames } from '@descent/contracts';
import { expect, it } from 'vitest';
import { layersOnPage, renderLayersPage } from './layers-page.fixture.ts';
import { defaultLimits } from './limits.ts';

const page = readFileSync(new URL('../../../docs/model-spec.md', import.meta.url), 'utf8');

/** Names in backticks below a heading, up to the next. */
function namesBelow(heading: string): Set<string> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return new Set([...section.matchAll(/`([A-Za-z0-9]+)`/g)].map(([, name]) => name!));
}

it.each([
  ['Initialisers', initializerNames],
  ['Losses', Object.keys(lossSchemas)],
  ['Metrics', metricNames],
])('docs/model-spec.md has everything under %s', (heading, names) => {
  expect([...names].filter((name) => !namesBelow(heading).has(name))).toEqual([]);
});

it('docs/layers.md is what the schemas say: node --import tsx --conditions descent-source scripts/layers-doc.mjs', () => {
  expect(readFileSync(new URL('../../../docs/layers.md', import.meta.url), 'utf8')).toBe(renderLayersPage());
});

it('docs/layers.md has every layer once', () => {
  expect([...layersOnPage].sort()).toEqual(Object.keys(layerSchemas).sort());
});

it('states the limits that hold', () => {
  expect(page).toContain(`${defaultLimits.parameters.toLocaleString('en')} elements`);
  expect(page).toContain(`layers and nodes | ${defaultLimits.nodes.toLocaleString('en')}`);
  expect(page).toContain(`operations of the graph | ${defaultLimits.operations.toLocaleString('en')}`);
  expect(defaultLimits.elementsPerSample).toBe(2 ** 31);
});
