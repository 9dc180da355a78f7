import type { Explanation } from '@descent/client';
import { describe, expect, test } from 'vitest';
import type { SceneBox } from './scene.ts';
import { boxStateAt, knownAt, walkOf } from './walk.ts';

const node = (name: string, differentiable: boolean) =>
  ({ name, outputs: [{ gradient: differentiable ? {} : null }] }) as unknown as Explanation['nodes'][number];
const explanation = {
  nodes: [node('matmul', true), node('shape', false), node('loss', true)],
} as unknown as Explanation;
const walk = walkOf(explanation);
const box = (...nodes: string[]) => ({ nodes }) as unknown as SceneBox;
const walked = new Set(walk.map(({ node }) => node));

describe('the walk through both passes', () => {
  test('goes forward in topological order and back in reverse, past what has no gradient', () => {
    expect(walk.map(({ pass, node }) => `${pass} ${node}`)).toEqual([
      'forward matmul',
      'forward shape',
      'forward loss',
      'backward loss',
      'backward matmul',
    ]);
  });

  test('on the way forward nothing ahead is known, and no gradient', () => {
    const known = knownAt(walk, 1);
    expect([...known.values]).toEqual(['matmul', 'shape']);
    expect(known.gradients.size).toBe(0);
    expect(boxStateAt(box('loss'), walked, known)).toBe('ahead');
    expect(boxStateAt(box('matmul'), walked, known)).toBe('computed');
    expect(boxStateAt(box('shape', 'loss'), walked, known)).toBe('current');
  });

  test('on the way back values are all known, gradients as far as the walk has come', () => {
    const known = knownAt(walk, 3);
    expect(known.values.size).toBe(3);
    expect([...known.gradients]).toEqual(['loss']);
    expect(boxStateAt(box('matmul'), walked, known)).toBe('computed');
    expect(boxStateAt(box('loss'), walked, knownAt(walk, 4))).toBe('returned');
  });

  test('without a position everything is known', () => {
    const known = knownAt(walk, undefined);
    expect([known.values.size, known.gradients.size, known.current]).toEqual([3, 2, undefined]);
  });
});
