import type { TrainingPlan } from '@descent/contracts';
import type { PreparedJob, Work } from '../prepared-job.ts';
import type { Device } from './device.ts';

/** What a pool asks of one of its devices. Memory that is named is shared. */
export type Ask =
  | {
      readonly type: 'prepare';
      readonly job: number;
      readonly plan: TrainingPlan;
      readonly received: Float32Array<ArrayBuffer>;
    }
  /** The result is written to `target`, which has its length. */
  | { readonly type: 'compute'; readonly job: number; readonly work: Work; readonly target: Uint8Array }
  | { readonly type: 'lookAhead' | 'dispose'; readonly job: number };

interface Served {
  readonly prepared: Promise<PreparedJob>;
  /** Copies what the pool has received to where the engine reads it. */
  pull(): void;
  /** Number of the version that was copied last. */
  pulled: number;
}

/** A device's side of a pool. Rejects with what went wrong. */
export function createDeviceServer(device: Device): (ask: Ask) => Promise<void> {
  const jobs = new Map<number, Served>();
  const prepare = async ({ job, plan, received }: Extract<Ask, { type: 'prepare' }>) => {
    const own = device.receive(received.length);
    const prepared = device.prepare(plan, own);
    jobs.set(job, { prepared, pull: () => own.set(received), pulled: 0 });
    await prepared;
  };
  const compute = async (served: Served, { work, target }: Extract<Ask, { type: 'compute' }>) => {
    if (work.pull !== served.pulled) served.pull();
    served.pulled = work.pull;
    const { payload, release } = await (await served.prepared).compute(work);
    target.set(payload);
    release();
  };
  return async (ask) => {
    const served = jobs.get(ask.job);
    switch (ask.type) {
      case 'prepare':
        return prepare(ask);
      case 'compute':
        if (served === undefined) throw new Error(`there is no job ${ask.job}`);
        return compute(served, ask);
      case 'lookAhead':
        (await served?.prepared)?.lookAhead();
        return;
      case 'dispose':
        jobs.delete(ask.job);
        (await served?.prepared)?.dispose();
        return;
      default:
        ask satisfies never;
    }
  };
}
