import { messageOf } from './message-of.ts';
import { instructionSet } from './numerics-class.ts';
import { loadRuntime } from './onnx/runtime.ts';

/** One engine as `descent doctor` shows it. */
export interface EngineDescription {
  readonly name: string;
  readonly available: boolean;
  readonly chosen: boolean;
  /** Why it is chosen, or what it lacks. */
  readonly reason: string;
  readonly devices: readonly DeviceDescription[];
}

export interface DeviceDescription {
  readonly name: string;
  readonly chosen: boolean;
  readonly reason: string;
}

/** The engines of this machine, the chosen one and why. Never throws: what does not load is described. */
export async function describeEngines(): Promise<readonly EngineDescription[]> {
  return [await describeOnnx()];
}

async function describeOnnx(): Promise<EngineDescription> {
  try {
    const { env, listSupportedBackends } = await loadRuntime();
    return {
      name: 'onnx',
      available: true,
      chosen: true,
      reason: `onnxruntime ${env.versions.node ?? env.versions.common} is installed and is the only engine of this version`,
      devices: listSupportedBackends().map(({ name, bundled }) => describeDevice(name, bundled)),
    };
  } catch (error) {
    return { name: 'onnx', available: false, chosen: false, reason: messageOf(error), devices: [] };
  }
}

function describeDevice(name: string, bundled: boolean): DeviceDescription {
  if (name === 'cpu') {
    return {
      name,
      chosen: true,
      reason: `${instructionSet()}; runs on every machine, same bits in every run`,
    };
  }
  const reason = bundled
    ? 'comes with onnxruntime-node; training on it is not supported in this version'
    : 'its libraries do not come with onnxruntime-node; training on it is not supported in this version';
  return { name, chosen: false, reason };
}
