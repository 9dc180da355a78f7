import { expect, test } from 'vitest';
import { type Facts, heatOf } from './facts.ts';
import type { SceneBox } from './scene.ts';

const box = (id: string, flops = 0, bytes = 0): SceneBox => ({
  id,
  kind: 'operation',
  title: id,
  subtitle: id,
  group: null,
  part: 'forward',
  nodes: [id],
  outputs: [id],
  flops,
  parameters: 0,
  bytes,
});
const facts = {
  nodes: new Map(),
  values: new Map(
    (
      [
        ['tiny', 1e-6],
        ['middle', 1e-3],
        ['large', 1],
        ['none', 0],
      ] as const
    ).map(([name, norm]) => [name, { gradient: { statistics: { norm } } }]),
  ),
} as unknown as Facts;

test('gradient sizes are coloured on a logarithmic scale, no gradient stays cold', () => {
  const heat = heatOf(
    ['tiny', 'middle', 'large', 'none'].map((id) => box(id)),
    'gradient',
    facts,
  );
  expect(heat.get('tiny')).toBeCloseTo(0.1);
  expect(heat.get('middle')).toBeCloseTo(0.55);
  expect(heat.get('large')).toBeCloseTo(1);
  expect(heat.get('none')).toBe(0);
});

test('cost is coloured beside the costliest box; boxes without operations have no colour', () => {
  const heat = heatOf([box('a', 25), box('b', 100), box('leaf')], 'cost', undefined);
  expect([heat.get('a'), heat.get('b'), heat.get('leaf')]).toEqual([0.5, 1, undefined]);
});
