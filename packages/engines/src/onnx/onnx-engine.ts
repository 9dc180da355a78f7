import { type Graph, graphHash, partsOf } from '@descent/autodiff';
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
import { boundArray, portOf } from '../ports.ts';
import { ProgramCache } from '../program-cache.ts';
import { channelBlockOf } from './channel-block.ts';
import { requireDevice } from './devices.ts';
import { isEngineDtype } from './element-types.ts';
import { type EmitOptions, emitModel, inputName, outputName, previousName } from './emit.ts';
import { loadRuntime, type Runtime, sessionOptions } from './runtime.ts';
import { isUnreturned, unreturnedFetch } from './unreturned.ts';

export interface OnnxEngineOptions {
  /** Default `cpu`. */
  readonly device?: DeviceName;
  /** Threads of one operation; part of the numerics class. */
  readonly threads?: number;
  /** Which CUDA device, from 0. */
  readonly deviceIndex?: number;
  /** Files that VK_DRIVER_FILES or VK_ICD_FILENAMES name; they tell which device `webgpu` is. */
  readonly vulkanDrivers?: readonly string[];
  /** Released programs that stay prepared. */
  readonly cacheSize?: number;
}

interface Prepared {
  readonly session: InferenceSession;
  /** Those of the whole batch. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The inputs of one run of the session. */
  readonly partInputs: readonly Port[];
  /** Runs that a batch takes; with more than one, each adds to the outputs of the one before. */
  readonly parts: number;
}

/**
 * The engine on onnxruntime. One session per (graph, batch size, outputs). Throws ENGINE_UNAVAILABLE where the device
 * cannot be used. On a GPU inputs and outputs cross the bus in every run: the bound arrays stay on the host.
 */
export async function createOnnxEngine(options: OnnxEngineOptions = {}): Promise<Engine> {
  const { device = 'cpu', deviceIndex = 0, threads = 1, cacheSize = 8, vulkanDrivers = [] } = options;
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
        prepare(runtime, graph, { batch, outputs, channelBlock }, { device, deviceIndex, threads }),
      );
      return programOf(runtime, prepared, () => cache.release(key));
    },
    dispose: async () => {
      disposed = true;
      await cache.clear();
    },
  };
}

/** Where a session computes. */
interface Place {
  readonly device: DeviceName;
  readonly deviceIndex: number;
  readonly threads: number;
}

async function prepare(
  runtime: Runtime,
  graph: Graph,
  { batch, outputs, channelBlock }: EmitOptions,
  { device, deviceIndex, threads }: Place,
): Promise<Prepared> {
  const parts = device === 'cpu' ? partsOf(graph, batch, outputs) : 1;
  const model = emitModel(graph, { batch: batch / parts, outputs, channelBlock, accumulates: parts > 1 });
  try {
    const session = await runtime.InferenceSession.create(
      model.bytes,
      sessionOptions(device, threads, { webgpuGaps: model.webgpuGaps, deviceIndex }),
    );
    return {
      session,
      inputs: model.inputs.map(({ name }) => portOf(graph, name, name, batch)),
      outputs: model.outputs,
      partInputs: model.inputs,
      parts,
    };
  } catch (cause) {
    throw new DescentError('ENGINE_COMPILE_FAILED', { engine: 'onnx', problem: messageOf(cause) }, { cause });
  }
}

function programOf(runtime: Runtime, prepared: Prepared, giveBack: () => Promise<void>): Program {
  const { session, inputs, outputs } = prepared;
  let released = false;
  const inUse = () => {
    if (released) throw new DescentError('ENGINE_DISPOSED', { what: 'A program' });
  };
  return {
    inputs,
    outputs,
    bind: (bindings: Bindings): BoundProgram => {
      inUse();
      const written = outputs.map((port) => boundArray(port, bindings.outputs));
      const fetches = { ...unreturnedFetch, ...tensorsOf(runtime, outputs, written, outputName) };
      const runs = feedsOfRuns(runtime, prepared, bindings, written);
      return {
        run: async () => {
          inUse();
          for (const feeds of runs) await runOnce(session, feeds, fetches);
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

async function runOnce(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  fetches: Record<string, Tensor | null>,
): Promise<void> {
  try {
    await session.run(feeds, fetches);
  } catch (cause) {
    if (isUnreturned(cause)) return;
    throw new DescentError('ENGINE_RUN_FAILED', { engine: 'onnx', problem: messageOf(cause) }, { cause });
  }
}

/** What each run of the session reads: its part of the samples, and zeros or what the runs before have added up. */
function feedsOfRuns(
  runtime: Runtime,
  { inputs, outputs, partInputs, parts }: Prepared,
  bindings: Bindings,
  written: readonly ElementArray[],
): readonly Record<string, Tensor>[] {
  const arrays = inputs.map((port) => boundArray(port, bindings.inputs));
  const partOf = (array: ElementArray, index: number, part: number): ElementArray => {
    const { elements } = partInputs[index]!;
    return elements === array.length ? array : array.subarray(part * elements, (part + 1) * elements);
  };
  if (parts === 1) return [tensorsOf(runtime, inputs, arrays, inputName)];
  const zeros = new Float32Array(Math.max(...outputs.map(({ elements }) => elements)));
  const first = outputs.map(({ elements }) => zeros.subarray(0, elements));
  return Array.from({ length: parts }, (_, part) => ({
    ...tensorsOf(
      runtime,
      partInputs,
      arrays.map((array, index) => partOf(array, index, part)),
      inputName,
    ),
    ...tensorsOf(runtime, outputs, part === 0 ? first : written, previousName),
  }));
}

/** onnxruntime reads and writes the arrays in place, views with an offset included (tested in onnx-engine.test.ts). */
function tensorsOf(
  runtime: Runtime,
  ports: readonly Port[],
  arrays: readonly ElementArray[],
  nameOf: (index: number) => string,
): Record<string, Tensor> {
  return Object.fromEntries(
    ports.map((port, index) => [nameOf(index), onnxTensor(runtime, port, arrays[index]!)]),
  );
}

function onnxTensor(runtime: Runtime, { dtype, shape }: Port, array: ElementArray): Tensor {
  if (!isEngineDtype(dtype)) throw new TypeError(`${dtype} ports are refused when the model is written`);
  return new runtime.Tensor(dtype, array, shape);
}
