import { gradientQueueId, type QueueConnection } from '@descent/queue';
import type { GradientQueue } from './gradient-jobs.ts';

type Connection = Pick<QueueConnection, 'gradients' | 'lent'>;

/** The gradient jobs of one training job: in the line for all workers, and in the one for those lent to its team. */
export function gradientQueueOf(queue: Connection, team: string | undefined): GradientQueue {
  const lines = () => (team === undefined ? [queue.gradients] : [queue.gradients, queue.lent(team)]);
  return {
    add: (payload, { priority, lent }) =>
      (lent && team !== undefined ? queue.lent(team) : queue.gradients).add(
        gradientQueueId(payload),
        payload,
        { priority },
      ),
    setPriority: (job, priority) => queue.gradients.setPriority(gradientQueueId(job), priority),
    async states(jobs) {
      const ids = jobs.map(gradientQueueId);
      const known = await Promise.all(lines().map((line) => line.has(ids)));
      return new Map(
        jobs.flatMap(({ serial }, index) => {
          const state = known.map((states) => states.get(ids[index]!)).find((one) => one !== undefined);
          return state === undefined ? [] : [[serial, state] as const];
        }),
      );
    },
    async remove(jobs) {
      await Promise.all(lines().map((line) => line.remove(jobs.map(gradientQueueId))));
    },
  };
}
