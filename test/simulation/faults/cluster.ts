import type { GradientQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Random } from '../../../packages/testkit/src/random.ts';
import type { Network } from './network.ts';
import type { SimulatedQueue } from './queue.ts';
import type { SimulatedTruth } from './truth.ts';
import type { Process, VirtualTime } from './virtual-time.ts';

/** What all processes of one simulation share. */
export interface Cluster {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: Network;
  readonly truth: SimulatedTruth;
  readonly training: SimulatedQueue<undefined>;
  readonly gradients: SimulatedQueue<GradientQueuePayload>;
  readonly api: ApiHealth;
  /** A request to the api; UNAVAILABLE when it is away, or when its answer is lost. */
  askApi<Answer>(from: Process, task: () => Answer): Promise<Answer>;
  askQueue<Answer>(from: Process, task: () => Answer): Promise<Answer>;
}

export interface ApiHealth {
  isUp: boolean;
  /** Share of answers that are lost after the request took effect. */
  losesAnswers: number;
  /** Files cannot be written. */
  isFull: boolean;
}

type Parts = Omit<Cluster, 'askApi' | 'askQueue'>;

export function createCluster(parts: Parts): Cluster {
  const { time, random, network, api } = parts;

  /** There and back; the task runs at the other end. */
  const ask = <Answer>(from: Process, task: () => Answer, isLost: () => boolean): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const away = () => reject(new DescentError('UNAVAILABLE', { part: 'The api' }));
      if (network.weather.cutOff.has(from)) {
        time.after(10_000, from, away);
        return;
      }
      time.after(random.between(0.2, 2), undefined, () => {
        let settle = away;
        try {
          const answer = task();
          if (!isLost()) settle = () => resolve(answer);
        } catch (error) {
          settle = () => reject(error as Error);
        }
        time.after(random.between(0.2, 2), from, settle);
      });
    });

  return {
    ...parts,
    askApi: (from, task) =>
      ask(
        from,
        () => {
          if (!api.isUp) throw new DescentError('UNAVAILABLE', { part: 'The api' });
          return task();
        },
        () => random.chance(api.losesAnswers),
      ),
    askQueue: (from, task) => ask(from, task, () => false),
  };
}
