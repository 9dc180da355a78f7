import type { TrainingPlan } from '@descent/contracts';
import { readTimings, type WorkTimings, writeTimings } from '@descent/gradient-channel';
import { compileModel, sumCount } from '@descent/models';
import { FlatMemory, gradientFormat } from '@descent/optimizers';
import type { PreparedJob, Work } from '../prepared-job.ts';
import { addResults, createResultBuffers, type ResultBuffer, resultPrefixBytes } from '../result-buffers.ts';
import type { DoneWork } from '../work-meter.ts';
import type { DeviceFacts, OpenDevice } from './device.ts';
import type { Ask } from './device-server.ts';
import { type NodePart, splitNode } from './split-node.ts';

/** One device of a pool, as the pool sees it. */
export interface DeviceLink {
  readonly facts: DeviceFacts;
  /** Resolves when it is done; rejects with what the device threw. */
  ask(ask: Ask): Promise<void>;
}

/** Results that are still being sent while the next ones are computed. */
const beingSent = 2;

/**
 * Devices that act as one: they share one copy of the parameters per version, each computes a node of the tree below the node
 * that is assigned, and only their sum leaves. The bits are those of one device.
 */
export function createDevicePool(
  links: readonly [DeviceLink, ...DeviceLink[]],
  onWork?: (work: DoneWork) => void,
): OpenDevice {
  const [{ facts }] = links;
  const { numericsClass } = facts;
  const stranger = links.find((link) => link.facts.numericsClass !== numericsClass);
  if (stranger !== undefined)
    throw new Error(
      `a pool needs devices of one kind, not ${numericsClass} and ${stranger.facts.numericsClass}`,
    );
  let jobs = 0;
  return {
    facts: { ...facts, flopsPerSecond: facts.flopsPerSecond * links.length },
    numericsClass,
    receive: (elements) =>
      // The types do not tell the kinds of memory apart (see FlatMemoryOptions).
      new Float32Array(
        new SharedArrayBuffer(elements * Float32Array.BYTES_PER_ELEMENT),
      ) as unknown as Float32Array<ArrayBuffer>,
    async prepare(plan, received) {
      const job = ++jobs;
      await Promise.all(links.map((link) => link.ask({ type: 'prepare', job, plan, received })));
      return createPooledJob(links, job, plan, onWork);
    },
  };
}

function createPooledJob(
  links: readonly DeviceLink[],
  job: number,
  plan: TrainingPlan,
  onWork?: (work: DoneWork) => void,
): PreparedJob {
  const { layout, metrics } = compileModel(plan.request.model);
  const { trainableElements, gradientElements } = layout;
  const { compression = 'none' } = plan.request.training;
  const encoded = gradientFormat(compression, { compressed: trainableElements, elements: gradientElements });
  const prefixBytes = resultPrefixBytes(sumCount(metrics));
  const count = links.length + beingSent;
  const { buffers } = new FlatMemory(
    {
      train: { count, length: encoded?.length ?? gradientElements, prefixBytes },
      evaluate: { count, length: 0, prefixBytes },
    },
    { isShared: true },
  );
  const results = {
    train: createResultBuffers(buffers.train, sumCount(metrics)),
    evaluate: createResultBuffers(buffers.evaluate, sumCount(metrics)),
  };
  const tell = (type: 'lookAhead' | 'dispose') => {
    for (const link of links) link.ask({ type, job }).catch(() => {});
  };

  return {
    async compute(work) {
      const free = [...links];
      const compute = async (part: NodePart): Promise<ResultBuffer> => {
        if ('from' in part) {
          const link = free.shift()!;
          const target = await results[work.kind].take();
          await link.ask({ type: 'compute', job, work: partOf(work, part), target: target.payload });
          return target;
        }
        const [left, right] = await Promise.all([compute(part.left), compute(part.right)]);
        const began = performance.now();
        addResults(left, right);
        const times = [left, right].map(({ timings }) => readTimings(timings)) as [WorkTimings, WorkTimings];
        writeTimings(left.timings, sideBySide(times, performance.now() - began));
        results[work.kind].giveBack(right);
        return left;
      };
      const result = await compute(splitNode(0, work.bounds.length - 1, links.length));
      onWork?.({ ...readTimings(result.timings), samples: work.bounds.at(-1)! - work.bounds[0]! });
      return { payload: result.payload, release: () => results[work.kind].giveBack(result) };
    },
    lookAhead: () => tell('lookAhead'),
    dispose: () => tell('dispose'),
  };
}

function partOf(work: Work, { from, to }: { readonly from: number; readonly to: number }): Work {
  return { ...work, microBatch: work.microBatch + from, bounds: work.bounds.slice(from, to + 1) };
}

/** Two devices took these times at once, then their results were added. */
function sideBySide([one, other]: readonly [WorkTimings, WorkTimings], addedMs: number): WorkTimings {
  const longer = (phase: keyof WorkTimings) => Math.max(one[phase], other[phase]);
  return {
    wait: longer('wait'),
    pull: longer('pull'),
    data: longer('data'),
    compute: longer('compute'),
    sum: longer('sum') + addedMs,
  };
}
