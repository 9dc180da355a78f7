import { expect, test } from 'vitest';
import { decideSpec, hostileKinds, hostileSpecs } from './hostile-specs.fixture.ts';

test('every kind of hostile spec is refused with 422, and none throws anything else', () => {
  const accepted = [];
  for (const { kind, spec } of hostileSpecs(1, 8 * hostileKinds)) {
    const { status, code } = decideSpec(spec);
    if (status !== 422) accepted.push({ kind, code, spec: JSON.stringify(spec).slice(0, 200) });
  }
  expect(accepted).toEqual([]);
});
