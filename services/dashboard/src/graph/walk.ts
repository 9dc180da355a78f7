import type { Explanation } from '@descent/client';
import type { SceneBox } from './scene.ts';

/** One place of the walk: an operation that has just been computed, or whose gradient has just come back. */
export interface WalkStep {
  readonly pass: 'forward' | 'backward';
  readonly node: string;
}

/**
 * The forward pass node by node, then the backward pass from the loss to where it ends: the order of the lecture.
 * Nodes that the loss does not depend on have no place on the way back.
 */
export function walkOf({ nodes }: Explanation): readonly WalkStep[] {
  const forward = nodes.map(({ name }): WalkStep => ({ pass: 'forward', node: name }));
  const backward = nodes
    .filter(({ outputs }) => outputs.some(({ gradient }) => gradient !== null))
    .toReversed()
    .map(({ name }): WalkStep => ({ pass: 'backward', node: name }));
  return [...forward, ...backward];
}

/** What is known at a place of the walk. */
export interface Known {
  /** Nodes whose value has been computed. */
  readonly values: ReadonlySet<string>;
  /** Nodes that the gradient has come back to. */
  readonly gradients: ReadonlySet<string>;
  readonly current: WalkStep | undefined;
}

/** @param position from 0 (the first operation) to the last; undefined: everything is known. */
export function knownAt(walk: readonly WalkStep[], position: number | undefined): Known {
  const reached = position === undefined ? walk : walk.slice(0, position + 1);
  const of = (pass: WalkStep['pass']) =>
    new Set(reached.filter((step) => step.pass === pass).map(({ node }) => node));
  return {
    values: of('forward'),
    gradients: of('backward'),
    current: position === undefined ? undefined : walk[position],
  };
}

export type BoxState = 'ahead' | 'computed' | 'returned' | 'current';

/** A folded layer is computed once all of its operations are, and has its gradient back once the first of them has. */
export function boxStateAt({ nodes }: SceneBox, walked: ReadonlySet<string>, known: Known): BoxState {
  const own = nodes.filter((name) => walked.has(name));
  if (own.length === 0) return 'computed';
  if (known.current !== undefined && own.includes(known.current.node)) return 'current';
  if (own.some((name) => known.gradients.has(name))) return 'returned';
  return own.every((name) => known.values.has(name)) ? 'computed' : 'ahead';
}
