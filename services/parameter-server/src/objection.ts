import { DescentError } from '@descent/errors';
import type { FrameHeader } from '@descent/gradient-channel';
import type { OpenRound } from './crew.ts';
import type { Held } from './worker-link.ts';

/** The first reason, in the order of docs/protocol.md, why a result does not count; undefined when it does. */
export function objectionTo(
  kind: Held['kind'],
  { step, microBatch, assignment }: FrameHeader,
  held: Held | undefined,
  open: OpenRound | undefined,
  current: number,
): DescentError | undefined {
  const isBehind = open === undefined || step < open.version || (step === open.version && kind !== open.kind);
  if (isBehind) return new DescentError('GRADIENT_LATE', { step, current });
  if (step === open.version && open.round.isDone(microBatch)) {
    return new DescentError('GRADIENT_DUPLICATE', { step, microBatch });
  }
  const isHeld =
    held?.assignment === assignment &&
    held.kind === kind &&
    held.version === step &&
    held.unit.index === microBatch;
  return isHeld ? undefined : new DescentError('GRADIENT_UNASSIGNED', { step, microBatch });
}
