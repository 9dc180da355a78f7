import type { Checkpoint, JobEvent } from '@descent/client';
import type { CurveMark } from '../curves/curve-plot.ts';

/** What stands across the curves: the checkpoints that are kept, and where a new parameter server went on. */
export function marksOf(
  events: readonly Pick<JobEvent, 'type' | 'data'>[],
  checkpoints: readonly Pick<Checkpoint, 'step'>[],
): readonly CurveMark[] {
  const restarts = events.flatMap(({ type, data: { step } }): CurveMark[] =>
    type === 'restarted' && typeof step === 'number' ? [{ kind: 'restart', step }] : [],
  );
  return [...checkpoints.map(({ step }): CurveMark => ({ kind: 'checkpoint', step })), ...restarts];
}

/** The job and the checkpoint that a fork began with, as the first of its events tells. */
export function parentOf(
  events: readonly Pick<JobEvent, 'type' | 'data'>[],
): { readonly job: string; readonly checkpoint: string } | undefined {
  const created = events.find(({ type }) => type === 'created');
  const { forkOf } = (created?.data ?? {}) as { forkOf?: { job?: unknown; checkpoint?: unknown } };
  return typeof forkOf?.job === 'string' && typeof forkOf.checkpoint === 'string'
    ? { job: forkOf.job, checkpoint: forkOf.checkpoint }
    : undefined;
}
