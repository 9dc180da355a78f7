import { DescentError } from '@descent/errors';
import type { FrameHeader } from '@descent/gradient-channel';
import type { OpenRound } from './crew.ts';
import type { Held } from './worker-link.ts';

/** The assignment that a result answers. */
export function answeredBy(
  { assignment, step, microBatch, count }: FrameHeader,
  kind: Held['kind'],
  held: readonly Held[],
): Held | undefined {
  return held.find(
    (one) =>
      one.assignment === assignment &&
      one.kind === kind &&
      one.step === step &&
      one.node.first === microBatch &&
      one.node.count === count,
  );
}

/** The first reason, in the order of docs/protocol.md, why a result does not count; undefined when it does. */
export function objectionTo(
  kind: Held['kind'],
  header: FrameHeader,
  held: readonly Held[],
  rounds: readonly OpenRound[],
  current: number,
): DescentError | undefined {
  const { step, microBatch, count } = header;
  const open = rounds.find((round) => round.step === step && round.kind === kind);
  const last = rounds.at(-1);
  if (open === undefined && (last === undefined || step <= last.step))
    return new DescentError('GRADIENT_LATE', { step, current });
  if (open?.round.isTouched({ first: microBatch, count })) {
    return new DescentError('GRADIENT_DUPLICATE', { step, microBatch });
  }
  if (answeredBy(header, kind, held) !== undefined) return undefined;
  return new DescentError('GRADIENT_UNASSIGNED', { step, microBatch });
}
