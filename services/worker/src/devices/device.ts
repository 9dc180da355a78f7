import type { TrainingPlan } from '@descent/contracts';
import { createEngine, type EngineChoice } from '@descent/engines';
import type { WorkTimings } from '@descent/gradient-channel';
import { type PreparedJob, prepareJob } from '../prepared-job.ts';
import { createShardCache } from '../shard-cache.ts';
import { slowDown } from '../slow-down.ts';

/** What computes gradient jobs: one engine, or a few that act as one. */
export interface Device {
  readonly numericsClass: string;
  /** Room for the parameters of a job; the gradient channel writes to it. */
  receive(elements: number): Float32Array<ArrayBuffer>;
  /** Compiles the graph and loads the data. @param received from `receive` */
  prepare(plan: TrainingPlan, received: Float32Array<ArrayBuffer>): Promise<PreparedJob>;
}

export interface DeviceSettings {
  readonly apiUrl: string;
  readonly serviceToken: string;
  readonly cacheDir: string;
  readonly cacheDiskBytes: number;
  readonly cacheMemoryBytes: number;
  readonly threads: number;
  readonly choice: EngineChoice;
  /** 1: as fast as it can. */
  readonly slowdown: number;
}

/** @param onWork hears the times of every assignment */
export async function openDevice(
  settings: DeviceSettings,
  onWork?: (times: WorkTimings) => void,
): Promise<Device> {
  const { choice, threads, slowdown } = settings;
  const fullSpeed = await createEngine({ ...choice, threads });
  const engine = slowdown === 1 ? fullSpeed : slowDown(fullSpeed, slowdown);
  const shards = createShardCache({
    apiUrl: settings.apiUrl,
    serviceToken: settings.serviceToken,
    folder: settings.cacheDir,
    diskBytes: settings.cacheDiskBytes,
    memoryBytes: settings.cacheMemoryBytes,
  });
  return {
    numericsClass: engine.numericsClass,
    receive: (elements) => new Float32Array(elements),
    prepare: (plan, parameters) =>
      prepareJob({ plan, parameters, engine, shards, ...(onWork && { onWork }) }),
  };
}
