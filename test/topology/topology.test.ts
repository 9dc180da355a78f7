import type { DescentClient } from '@descent/client';
import type { Job, JobCreate } from '@descent/contracts';
import { whenJobState, whenStep } from '@descent/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresPrograms } from './debian-images.ts';
import { startTopology, type Topology } from './start-topology.ts';

const job: JobCreate = {
  name: 'the main job',
  model: {
    inputs: { image: { shape: [28, 28, 1] } },
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 24, activation: 'relu' },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 10 },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    metrics: ['accuracy'],
  },
  data: {
    dataset: 'builtin:mnist',
    train: 'test',
    validation: { ratio: 0.1 },
    inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
  },
  training: {
    epochs: 5,
    batchSize: 128,
    microBatches: 4,
    seed: 7,
    optimizer: { type: 'adam', learningRate: 0.002 },
    checkpointEverySteps: 40,
  },
};
const steps = 355;

/** docker-compose.yml with `--scale api=2 --scale worker=2`, as processes: see start-topology.ts. */
describe.skipIf(postgresPrograms() === null)('the team server, with two apis, Postgres and Redis', () => {
  let topology: Topology;
  let undisturbed: Job;

  beforeAll(async () => {
    topology = await startTopology({ api: 2, worker: 2 });
  }, 180_000);
  afterAll(() => topology?.stop(), 120_000);

  async function run(client: DescentClient, meanwhile = async (_id: string) => {}): Promise<Job> {
    const { id } = await client.jobs.create(job);
    await meanwhile(id);
    return whenJobState(topology.client(), id, 'succeeded');
  }

  function expectSameBits(actual: Job): void {
    expect(actual.progress.step).toBe(steps);
    expect(actual.receipt).toEqual(undisturbed.receipt);
  }

  test('a job trains to its end, and both apis tell the same of it', async () => {
    undisturbed = await run(topology.client(1));
    expect(undisturbed.receipt.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(undisturbed.validation?.accuracy).toBeGreaterThan(0.85);
    const seen: number[] = [];
    for await (const { split, step } of topology.client(2).jobs.metrics(undisturbed.id))
      if (split === 'train') seen.push(step);
    expect(seen.length).toBe(steps);
    expect(await topology.client(2).jobs.get(undisturbed.id)).toEqual(undisturbed);
  });

  test('a team made at one api works at the other, and sees its own things alone', async () => {
    const staff = topology.client(1);
    const team = await staff.accounts.createTeam({ name: 'blue' });
    const invite = await staff.accounts.invite(team.id, {});
    const joined = await topology.client(2).accounts.join({ code: invite.code, name: 'Ada' });
    const member = topology.client(1, joined.secret);
    expect((await member.jobs.list()).jobs).toEqual([]);
    await expect(member.jobs.get(undisturbed.id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  test('a file uploaded through one api is trained on through the other', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => `${(i % 3) - 1 + (i % 7) / 100},${i % 7},${i % 3}`);
    const { id } = await topology.client(1).datasets.create('numbers');
    const csv = new TextEncoder().encode(['a,b,label', ...rows].join('\n'));
    expect((await topology.client(1).datasets.upload(id, csv, { fileName: 'numbers.csv' })).state).toBe(
      'ready',
    );
    const { id: jobId } = await topology.client(2).jobs.create({
      model: {
        inputs: { x: { shape: [2] } },
        layers: [{ type: 'dense', units: 3 }],
        loss: { type: 'softmaxCrossEntropy', labels: 'label' },
        metrics: ['accuracy'],
      },
      data: { dataset: id, inputs: { x: { columns: ['a', 'b'] } } },
      training: { epochs: 3, batchSize: 32, optimizer: { type: 'sgd', learningRate: 0.1 } },
    });
    await whenJobState(topology.client(1), jobId, 'succeeded');
  });

  /** Number of the api that took the lead last. */
  function leader(): number {
    const taken = (api: number) =>
      topology
        .logOf(`api-${api}`)
        .split('\n')
        .filter((line) => line.includes('This api leads'))
        .map((line) => (JSON.parse(line) as { time: string }).time)
        .at(-1) ?? '';
    return taken(1) > taken(2) ? 1 : 2;
  }

  test.each(['leads', 'follows'])(
    'the api that %s is killed in the middle of a job: it goes on, to the same bits',
    async (role) => {
      const lost = role === 'leads' ? leader() : 3 - leader();
      const other = topology.client(3 - lost);
      expectSameBits(
        await run(topology.client(lost), async (id) => {
          await whenStep(other, id, 60);
          await topology.kill(`api-${lost}`);
          expect((await other.jobs.get(id)).state).toBe('running');
          // A reader at the one that is left sees it to its end.
          await whenJobState(other, id, 'succeeded');
        }),
      );
      // The next one is put on the queue by whoever leads now.
      expectSameBits(await run(other));
      expect(leader()).toBe(3 - lost);
      await topology.start(`api-${lost}`);
    },
  );

  test('a worker and the parameter server are killed: the same bits', async () => {
    expectSameBits(
      await run(topology.client(), async (id) => {
        await whenStep(topology.client(), id, 60);
        await topology.kill('worker-1');
        await topology.kill('parameter-server-1');
        await topology.start('parameter-server-1');
      }),
    );
  });
});
