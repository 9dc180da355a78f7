import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DescentError } from '@descent/errors';
import type { DeviceName } from '../engine.ts';
import { surveyGpus } from '../gpu.ts';
import { messageOf } from '../message-of.ts';
import { instructionSet } from '../numerics-class.ts';
import { ModelWriter } from './model-writer.ts';
import { type Runtime, sessionOptions } from './runtime.ts';

/**
 * Starts the device, by preparing a model of one node, and names it for the numerics class. Throws ENGINE_UNAVAILABLE
 * with what to do.
 */
export async function requireDevice(
  runtime: Runtime,
  device: DeviceName,
  vulkanDrivers: readonly string[],
): Promise<string> {
  if (device === 'cpu') return `cpu-${instructionSet()}`;
  const name = `${device}-${surveyGpus(vulkanDrivers).name}`;
  const backend = runtime.listSupportedBackends().find((one) => one.name === device);
  if (backend === undefined)
    throw unavailable(device, `has no ${device} on ${process.platform}-${process.arch}`);
  // Without this onnxruntime prints its own error before it throws.
  if (!backend.bundled && !existsSync(providerLibrary(device))) {
    throw unavailable(device, `is installed without its ${device} libraries`);
  }
  try {
    const session = await runtime.InferenceSession.create(probe(), sessionOptions(device, 1));
    await session.release();
    return name;
  } catch (cause) {
    throw unavailable(device, `does not start ${device}: ${firstLine(messageOf(cause))}`, cause);
  }
}

/** What to do where a device cannot be used. */
export const remedies: Readonly<Record<Exclude<DeviceName, 'cpu'>, string>> = {
  webgpu: 'Install the Vulkan driver and the loader (libvulkan.so.1) of the GPU',
  cuda:
    'On Linux x64 with CUDA 12 and cuDNN 9, fetch the libraries with ' +
    '`npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12`',
};

function unavailable(device: Exclude<DeviceName, 'cpu'>, lacks: string, cause?: unknown): DescentError {
  const problem = `onnxruntime-node ${lacks}. ${remedies[device]}`;
  return new DescentError('ENGINE_UNAVAILABLE', { engine: 'onnx', problem }, { cause });
}

/** onnxruntime's message ends with its own call stack and file names. */
function firstLine(message: string): string {
  const [line] = message.trim().split('\n');
  return line!.replace(/^.*was false\. /, '');
}

function providerLibrary(device: DeviceName): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const file =
    process.platform === 'win32'
      ? `onnxruntime_providers_${device}.dll`
      : `libonnxruntime_providers_${device}.so`;
  return join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch, file);
}

/** y = x + x */
function probe(): Uint8Array {
  const writer = new ModelWriter();
  writer.input('x', 'float32', [1]);
  writer.output('y', 'float32', [1], writer.op('Add', ['x', 'x']));
  return writer.encode();
}
