import type { TrainingPlan } from '@descent/contracts';
import { createEngine, type DeviceName, type EngineChoice, type EngineName } from '@descent/engines';
import { measureSpeed } from '../measure-speed.ts';
import { type PreparedJob, prepareJob } from '../prepared-job.ts';
import { createShardCache } from '../shard-cache.ts';
import { slowDown } from '../slow-down.ts';
import type { DoneWork } from '../work-meter.ts';

export interface DeviceFacts {
  readonly engine: EngineName;
  readonly device: DeviceName;
  readonly numericsClass: string;
  readonly flopsPerSecond: number;
}

/** What computes gradient jobs: one engine, or a few that act as one. */
export interface Device {
  readonly numericsClass: string;
  /** Room for the parameters of a job; the gradient channel writes to it. */
  receive(elements: number): Float32Array<ArrayBuffer>;
  /** Compiles the graph and loads the data. @param received from `receive` */
  prepare(plan: TrainingPlan, received: Float32Array<ArrayBuffer>): Promise<PreparedJob>;
}

/** A device that is there, and what it is. */
export interface OpenDevice extends Device {
  readonly facts: DeviceFacts;
}

export interface DeviceSettings {
  /** Where shards of data sets are read; their hash follows. */
  readonly shardsUrl: string;
  readonly token: string;
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
  onWork?: (work: DoneWork) => void,
): Promise<OpenDevice> {
  const { choice, threads, slowdown } = settings;
  const fullSpeed = await createEngine({ ...choice, threads });
  const engine = slowdown === 1 ? fullSpeed : slowDown(fullSpeed, slowdown);
  const shards = createShardCache({
    url: (hash) => `${settings.shardsUrl}/${hash}`,
    token: settings.token,
    folder: settings.cacheDir,
    diskBytes: settings.cacheDiskBytes,
    memoryBytes: settings.cacheMemoryBytes,
  });
  const { name, device, numericsClass } = engine;
  return {
    facts: { engine: name, device, numericsClass, flopsPerSecond: await measureSpeed(engine) },
    numericsClass,
    receive: (elements) => new Float32Array(elements),
    prepare: (plan, parameters) =>
      prepareJob({ plan, parameters, engine, shards, ...(onWork && { onWork }) }),
  };
}
