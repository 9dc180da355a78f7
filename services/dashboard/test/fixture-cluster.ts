import type { Announcement, ClusterQueue, ClusterWorker } from '@descent/client';
import { teamId } from './fixture-accounts.ts';
import { jobId, now } from './fixture-jobs.ts';

const iso = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();

export function fixtureWorkers(): ClusterWorker[] {
  const base = {
    owner: null,
    team: null,
    mine: true,
    engine: 'onnx',
    device: 'cpu',
    numericsClass: 'onnx 1.30.0 · cpu · 1 thread · f32',
    threads: 1,
    joinedAt: iso(4000),
    heardAt: new Date().toISOString(),
  };
  const one = (n: number, name: string, more: Partial<ClusterWorker>): ClusterWorker => ({
    ...base,
    id: `wrk_01JD00000000000000000000${String(n).padStart(2, '0')}`,
    name,
    state: 'active',
    job: jobId(0),
    samplesPerSecond: 20_400,
    load: 0.91,
    ...more,
  });
  return [
    one(1, 'pool-1', {}),
    one(2, 'pool-2', { samplesPerSecond: 18_100, load: 0.73 }),
    one(3, 'a laptop with a name that somebody typed without thinking of tables', {
      owner: { id: 'mem_01JD0000000000000000000003', name: 'Kurt' },
      team: teamId(2),
      state: 'paused',
      job: null,
      samplesPerSecond: 0,
      load: 0,
    }),
    one(4, 'pool-4', { state: 'lost', job: null, samplesPerSecond: 0, load: 0, heardAt: iso(700) }),
  ];
}

export function fixtureQueue(): ClusterQueue {
  const entry = {
    team: teamId(2),
    priority: 0,
    workers: 0,
    progress: 0,
    waiting: null,
    estimatedFinish: new Date(Date.now() + 340_000).toISOString(),
  };
  return {
    paused: false,
    places: { all: 4, taken: 1 },
    workers: 2,
    servers: [
      { name: 'ps-1', jobs: 1, memoryBytes: 4_000_000_000, memoryUsedBytes: 1_300_000_000, heardAt: iso(1) },
    ],
    running: [{ ...entry, job: jobId(0), name: 'mnist-mlp', state: 'running', workers: 2, progress: 0.52 }],
    waiting: [
      {
        ...entry,
        job: jobId(1),
        name: 'a-very-long-name-that-somebody-generated-from-every-hyper-parameter-lr0.001-bs128-seed42-run17',
        state: 'queued',
        waiting: {
          reason: 'running-limit',
          message: 'Your team runs as many jobs as it may: 2',
          position: { team: 1, whole: 3 },
          ahead: 2,
          estimatedStart: null,
          whatIf: {
            change: 'running-limit-raised',
            estimatedStart: null,
            message: 'With a limit of 3 it would start at once',
          },
        },
      },
    ],
    others: { running: 1, waiting: 2 },
    shares: [
      share('The gradient descenders of the Tuesday exercise group', 2, 1, 0.33, 0.61),
      share('Saddle points', 3, 2, 0.67, 0.39),
    ],
  };
}

function share(name: string, team: number, weight: number, entitled: number, used: number) {
  return {
    team: teamId(team),
    name,
    weight,
    entitled,
    used,
    recentWorkerSeconds: used * 4000,
    spentWorkerSeconds: used * 20_000,
    running: 1,
    waiting: team - 1,
  };
}

export const fixtureAnnouncements: Announcement[] = [
  {
    id: 'ann_01JD0000000000000000000001',
    message: 'The pool room moves on Friday',
    pausesWork: true,
    startsAt: iso(-90_000),
    endsAt: iso(-100_000),
  },
];

/** Of an installation that nobody works for or uses. */
export const emptyQueue: ClusterQueue = {
  ...{ paused: false, places: { all: 4, taken: 0 }, workers: 0, servers: [], running: [], waiting: [] },
  ...{ others: { running: 0, waiting: 0 }, shares: [] },
};
