import { readFileSync } from 'node:fs';
import { onnxOperations } from '@descent/autodiff';
import {
  activationNames,
  initializerNames,
  layerSchemas,
  lossSchemas,
  metricNames,
} from '@descent/contracts';
import { expect, it } from 'vitest';
import { defaultLimits } from './limits.ts';

const page = readFileSync(new URL('../../../docs/model-spec.md', import.meta.url), 'utf8');

/** Names in backticks below a heading, up to the next. */
function namesBelow(heading: string): Set<string> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return new Set([...section.matchAll(/`([A-Za-z0-9]+)`/g)].map(([, name]) => name!));
}

it.each([
  ['Layers', [...Object.keys(layerSchemas), ...activationNames]],
  ['Initialisers', initializerNames],
  ['Losses', Object.keys(lossSchemas)],
  ['Metrics', metricNames],
])('docs/model-spec.md has everything under %s', (heading, names) => {
  expect([...names].filter((name) => !namesBelow(heading).has(name))).toEqual([]);
});

it('documents every field of every layer', () => {
  const known = namesBelow('Layers');
  const fields = Object.values(layerSchemas).flatMap((schema) => Object.keys(schema.properties));
  expect(fields.filter((field) => !known.has(field))).toEqual([]);
});

it('lists the operations that there are, and no others', () => {
  const list = page.slice(page.indexOf('\nOperations: '), page.indexOf('## Limits'));
  const listed = [...list.matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(onnxOperations));
});

it('states the limits that hold', () => {
  expect(page).toContain(`${defaultLimits.parameters.toLocaleString('en')} elements`);
  expect(page).toContain(`layers and nodes | ${defaultLimits.nodes.toLocaleString('en')}`);
  expect(defaultLimits.elementsPerSample).toBe(2 ** 31);
});
