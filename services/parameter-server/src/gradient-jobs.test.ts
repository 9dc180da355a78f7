import type { GradientQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { expect, test, vi } from 'vitest';
import { createGradientJobs, type GradientOrders, type GradientQueue } from './gradient-jobs.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const incarnation = 4;

/** A queue in memory: workers take from it, it can lose what it holds, and it can be away. */
function createFakeQueue() {
  const held = new Map<number, 'waiting' | 'active'>();
  const fake = {
    added: [] as GradientQueuePayload[],
    held,
    /** Line and priority of each. */
    places: new Map<number, string>(),
    away: undefined as DescentError | undefined,
    /** Runs before an addition is complete. */
    beforeAdd: async () => {},
    take: (serial: number) => void held.set(serial, 'active'),
    lose: (...serials: number[]) => serials.forEach((serial) => void held.delete(serial)),
  };
  const reach = () => {
    if (fake.away !== undefined) throw fake.away;
  };
  const queue: GradientQueue = {
    async add(payload, { priority, lent }) {
      reach();
      fake.added.push(payload);
      fake.places.set(payload.serial, `${lent ? 'lent ' : ''}${priority}`);
      await fake.beforeAdd();
      held.set(payload.serial, 'waiting');
    },
    async setPriority({ serial }, priority) {
      reach();
      fake.places.set(serial, String(priority));
    },
    async states(jobs) {
      reach();
      return new Map(
        jobs.flatMap(({ serial }) => {
          const state = held.get(serial);
          return state === undefined ? [] : [[serial, state] as const];
        }),
      );
    },
    async remove(jobs) {
      reach();
      for (const one of jobs) {
        expect(one).toEqual({ jobId, incarnation, serial: one.serial });
        held.delete(one.serial);
      }
    },
  };
  return { fake, queue };
}

function createWorld(workers: number, orders: GradientOrders = {}) {
  const { fake, queue } = createFakeQueue();
  const errors: unknown[] = [];
  const time = { now: 0 };
  const jobs = createGradientJobs({
    queue,
    jobId,
    incarnation,
    workers,
    orders,
    clock: () => time.now,
    address: 'tcp:127.0.0.1:9',
    createLease: (serial) => `lease-${serial}`,
    onError: (error) => errors.push(error),
  });
  return { jobs, fake, time, errors, serials: () => fake.added.map(({ serial }) => serial) };
}

const unreachable = () => new DescentError('QUEUE_UNREACHABLE', { server: 'redis', problem: 'refused' });

test('one gradient job is queued for each worker wanted, with address and lease', async () => {
  const { jobs, fake } = createWorld(2);
  await jobs.refill();
  expect(fake.added).toEqual(
    [0, 1].map((serial) => ({
      jobId,
      incarnation,
      serial,
      address: 'tcp:127.0.0.1:9',
      lease: `lease-${serial}`,
    })),
  );
});

test('queued and joined gradient jobs count alike, so refills add none', async () => {
  const { jobs, fake, serials } = createWorld(2);
  await jobs.refill();
  expect(jobs.join(0, 'a')).toBe(true);
  fake.lose(0);
  for (let time = 0; time < 3; time++) await jobs.refill();
  expect(serials()).toEqual([0, 1]);
});

test('the successor of a gradient job that is about to end is queued at once', async () => {
  const { jobs, serials } = createWorld(1);
  await jobs.refill();
  jobs.join(0, 'a');
  jobs.ending(0);
  expect(serials()).toEqual([0, 1]);
  jobs.ended(0);
  await jobs.refill();
  expect(serials()).toEqual([0, 1]);
});

test('a gradient job that ended without a warning is replaced at once', async () => {
  const { jobs, serials } = createWorld(2);
  await jobs.refill();
  jobs.join(1, 'a');
  jobs.ended(1);
  expect(serials()).toEqual([0, 1, 2]);
  expect(jobs.join(1, 'a')).toBe(false);
});

test('what the queue has lost is added again under new serials', async () => {
  const { jobs, fake, serials } = createWorld(3);
  await jobs.refill();
  fake.lose(0, 2);
  await jobs.refill();
  expect(serials()).toEqual([0, 1, 2, 3, 4]);
  expect(jobs.join(0, 'a')).toBe(false);
  expect(jobs.join(1, 'a')).toBe(true);
  expect(jobs.join(3, 'b')).toBe(true);
});

test('a gradient job whose worker has not joined for two refills is replaced', async () => {
  const { jobs, fake, serials } = createWorld(1);
  await jobs.refill();
  fake.take(0);
  await jobs.refill();
  expect(serials()).toEqual([0]);
  await jobs.refill();
  expect(serials()).toEqual([0, 1]);
  expect(jobs.join(0, 'late')).toBe(false);
});

test('a gradient job that came back to the queue in between is not replaced', async () => {
  const { jobs, fake, serials } = createWorld(1);
  await jobs.refill();
  fake.take(0);
  await jobs.refill();
  fake.held.set(0, 'waiting');
  await jobs.refill();
  fake.take(0);
  await jobs.refill();
  expect(serials()).toEqual([0]);
});

test('a worker that joins between two refills keeps its gradient job', async () => {
  const { jobs, fake, serials } = createWorld(1);
  await jobs.refill();
  fake.take(0);
  await jobs.refill();
  expect(jobs.join(0, 'a')).toBe(true);
  await jobs.refill();
  expect(serials()).toEqual([0]);
});

test('a lease admits one worker, and that one as often as it comes', async () => {
  const { jobs } = createWorld(1);
  await jobs.refill();
  expect(jobs.join(0, 'a')).toBe(true);
  expect(jobs.join(0, 'b')).toBe(false);
  expect(jobs.join(0, 'a')).toBe(true);
  expect(jobs.join(7, 'a')).toBe(false);
});

test('a queue that cannot be reached is reported, and the next refill makes up for it', async () => {
  const { jobs, fake, errors, serials } = createWorld(2);
  fake.away = unreachable();
  await jobs.refill();
  expect(errors).toEqual([fake.away]);
  expect(serials()).toEqual([]);
  fake.away = undefined;
  await jobs.refill();
  expect(serials()).toHaveLength(2);
  expect([...fake.held.values()]).toEqual(['waiting', 'waiting']);
  for (const serial of serials()) expect(jobs.join(serial, 'a')).toBe(true);
});

test('a queue that goes away between two refills loses no gradient job', async () => {
  const { jobs, fake, errors, serials } = createWorld(1);
  await jobs.refill();
  fake.away = unreachable();
  await jobs.refill();
  expect(errors).toHaveLength(1);
  fake.away = undefined;
  await jobs.refill();
  expect(serials()).toEqual([0]);
  expect(jobs.join(0, 'a')).toBe(true);
});

test('refills at the same time add no more than is missing', async () => {
  const { jobs, serials } = createWorld(3);
  await Promise.all([jobs.refill(), jobs.refill(), jobs.refill()]);
  await jobs.refill();
  expect(serials()).toEqual([0, 1, 2]);
});

test('what ends while a refill is under way is replaced by the same refill', async () => {
  const { jobs, fake, serials } = createWorld(1);
  let once = true;
  fake.beforeAdd = async () => {
    if (!once) return;
    once = false;
    jobs.ended(0);
  };
  await jobs.refill();
  expect(serials()).toEqual([0, 1]);
});

test('close removes what is queued and nothing is added after it', async () => {
  const { jobs, fake, serials } = createWorld(3);
  await jobs.refill();
  fake.take(0);
  jobs.join(0, 'a');
  await jobs.close();
  expect([...fake.held]).toEqual([[0, 'active']]);
  jobs.ending(0);
  jobs.ended(0);
  await jobs.refill();
  expect(serials()).toEqual([0, 1, 2]);
  expect(jobs.join(1, 'b')).toBe(false);
});

test('a gradient job that was being added while the others were removed is removed as well', async () => {
  const { jobs, fake, serials } = createWorld(2);
  let complete = () => {};
  const adding = new Promise<void>((begin) => {
    fake.beforeAdd = () => {
      begin();
      return new Promise((resolve) => {
        complete = resolve;
      });
    };
  });
  const refilled = jobs.refill();
  await adding;
  await jobs.close();
  complete();
  await refilled;
  expect(serials()).toEqual([0]);
  expect([...fake.held]).toEqual([]);
});

test('a queue that is away while the job closes is reported and holds nothing up', async () => {
  const { jobs, fake, errors } = createWorld(1);
  await jobs.refill();
  fake.away = unreachable();
  await jobs.close();
  expect(errors).toEqual([fake.away]);
});

test('the k-th that waits stands at first + k · step, and moves when its turn does', async () => {
  const { jobs, fake } = createWorld(3, { turn: { first: 5, step: 1000 } });
  await jobs.refill();
  expect([...fake.places.values()]).toEqual(['5', '1005', '2005']);
  fake.take(0);
  jobs.join(0, 'a');
  jobs.order({ turn: { first: 3001, step: 1000 } });
  await vi.waitFor(() => expect([fake.places.get(1), fake.places.get(2)]).toEqual(['3001', '4001']));
});

test('a turn that hardly changed moves nothing on the queue', async () => {
  const { jobs, fake } = createWorld(2, { turn: { first: 1, step: 1000 } });
  await jobs.refill();
  jobs.order({ turn: { first: 100, step: 1050 } });
  await jobs.refill();
  expect([...fake.places.values()]).toEqual(['1', '1001']);
});

test('workers lent to the team get gradient jobs of their own, and all together are never more than may serve', async () => {
  const { jobs, fake } = createWorld(2, { lentWorkers: 1 });
  await jobs.refill();
  const lent = [...fake.places].filter(([, place]) => place.startsWith('lent')).map(([serial]) => serial);
  expect([fake.held.size, lent.length]).toEqual([3, 1]);
  const others = [...fake.held.keys()].filter((serial) => serial !== lent[0]);
  expect(jobs.join(lent[0]!, 'lent')).toBe(true);
  expect(others.map((serial, index) => jobs.join(serial, `other-${index}`))).toEqual([true, false]);
});

test('how they stand is told: what waits, how long, who serves, and what one takes', async () => {
  const { jobs, time } = createWorld(2);
  await jobs.refill();
  time.now = 300;
  jobs.join(0, 'a');
  expect(jobs.demand()).toEqual({ waiting: 1, waitedMs: 300, serving: 1, seconds: null });
  time.now = 1300;
  jobs.ended(0);
  expect(jobs.demand()).toMatchObject({ serving: 0, seconds: 1 });
});
