import { graphHash } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { checkOutputs, wholeNumber } from '../check-options.ts';
import type {
  Bindings,
  BoundProgram,
  CompileOptions,
  DeviceName,
  ElementArray,
  Engine,
  Port,
  Program,
} from '../engine.ts';
import { messageOf } from '../message-of.ts';
import { boundArray } from '../ports.ts';
import { ProgramCache } from '../program-cache.ts';
import { channelBlockOf } from './channel-block.ts';
import { requireDevice } from './devices.ts';
import { isEngineDtype } from './element-types.ts';
import { type EmittedModel, emitModel, inputName, outputName } from './emit.ts';
import { loadRuntime, type Runtime, sessionOptions } from './runtime.ts';
import { isUnreturned, unreturnedFetch } from './unreturned.ts';

export interface OnnxEngineOptions {
  /** Default `cpu`. */
  readonly device?: DeviceName;
  /** Threads of one operation; part of the numerics class. */
  readonly threads?: number;
  /** Files that VK_DRIVER_FILES or VK_ICD_FILENAMES name; they tell which device `webgpu` is. */
  readonly vulkanDrivers?: readonly string[];
  /** Released programs that stay prepared. */
  readonly cacheSize?: number;
}

interface Prepared {
  readonly session: InferenceSession;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * The engine on onnxruntime. One session per (graph, batch size, outputs). Throws ENGINE_UNAVAILABLE where the device
 * cannot be used. On a GPU inputs and outputs cross the bus in every run: the bound arrays stay on the host.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const { device = 'cpu', threads = 1, cacheSize = 8, vulkanDrivers = [] } = options;
  wholeNumber('threads', threads, 1);
  wholeNumber('cacheSize', cacheSize, 0);
  const runtime = await loadRuntime();
  const version = runtime.env.versions.node ?? runtime.env.versions.common;
  const kind = await requireDevice(runtime, device, vulkanDrivers);
  const channelBlock = device === 'cpu' ? await channelBlockOf(runtime) : undefined;
  const cache = new ProgramCache<Prepared>(cacheSize, ({ session }) => session.release());
  let disposed = false;

  return {
    name: 'onnx',
    device,
    numericsClass: `onnx-${version}/${kind}/${threads}-thread/f32`,
    compile: async (graph, { batch, outputs = [...graph.outputs.keys()] }: CompileOptions) => {
      if (disposed) throw new DescentError('ENGINE_DISPOSED', { what: 'The engine' });
      wholeNumber('batch', batch, 1);
      checkOutputs(graph, outputs);
      const key = JSON.stringify([graphHash(graph), batch, outputs]);
      const prepared = await cache.acquire(key, () =>
        prepare(runtime, emitModel(graph, batch, outputs, channelBlock), device, threads),
      );
      return programOf(runtime, prepared, () => cache.release(key));
    },
    dispose: async () => {
      disposed = true;
      await cache.clear();
    },
  };
}

async function prepare(
  runtime: Runtime,
  { bytes, inputs, outputs, webgpuGaps }: EmittedModel,
  device: DeviceName,
  threads: number,
): Promise<Prepared> {
  try {
    const session = await runtime.InferenceSession.create(bytes, sessionOptions(device, threads, webgpuGaps));
    return { session, inputs, outputs };
  } catch (cause) {
    throw new DescentError('ENGINE_COMPILE_FAILED', { engine: 'onnx', problem: messageOf(cause) }, { cause });
  }
}

function programOf(
  runtime: Runtime,
  { session, inputs, outputs }: Prepared,
  giveBack: () => Promise<void>,
): Program {
  let released = false;
  const inUse = () => {
    if (released) throw new DescentError('ENGINE_DISPOSED', { what: 'A program' });
  };
  return {
    inputs,
    outputs,
    bind: (bindings: Bindings): BoundProgram => {
      inUse();
      const feeds = tied(runtime, inputs, bindings.inputs, inputName);
      const fetches = {
        ...unreturnedFetch,
        ...tied(runtime, outputs, bindings.outputs, outputName),
      };
      return {
        run: async () => {
          inUse();
          try {
            await session.run(feeds, fetches);
          } catch (cause) {
            if (isUnreturned(cause)) return;
            throw new DescentError(
              'ENGINE_RUN_FAILED',
              { engine: 'onnx', problem: messageOf(cause) },
              { cause },
            );
          }
        },
      };
    },
    release: async () => {
      if (released) return;
      released = true;
      await giveBack();
    },
  };
}

/** onnxruntime reads and writes the arrays in place, views with an offset included (tested in onnx-engine.test.ts). */
function tied(
  runtime: Runtime,
  ports: readonly Port[],
  arrays: ReadonlyMap<string, ElementArray>,
  nameOf: (index: number) => string,
): Record<string, Tensor> {
  return Object.fromEntries(
    ports.map((port, index) => [nameOf(index), onnxTensor(runtime, port, boundArray(port, arrays))]),
  );
}

function onnxTensor(runtime: Runtime, { dtype, shape }: Port, array: ElementArray): Tensor {
  if (!isEngineDtype(dtype)) throw new TypeError(`${dtype} ports are refused when the model is written`);
  return new runtime.Tensor(dtype, array, shape);
}
