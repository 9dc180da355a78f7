import { DescentError } from '@descent/errors';
import type { DeviceName, Engine, EngineName } from './engine.ts';
import { surveyGpus } from './gpu.ts';
import { messageOf } from './message-of.ts';
import { createOnnxEngine } from './onnx/onnx-engine.ts';
import type { TfjsBackend } from './tfjs/backends.ts';
import { createTfjsEngine } from './tfjs/tfjs-engine.ts';

export interface EngineChoice {
  readonly engine: EngineName | 'auto';
  /** `auto` takes a real GPU where there is one; a driver that computes on the processor has to be asked for by name. */
  readonly device: DeviceName | 'auto';
  /** Which of several devices of the kind, from 0; CUDA by onnxruntime alone tells them apart. */
  readonly deviceIndex?: number;
  /** Threads of one operation, for engines that let it be set. */
  readonly threads?: number;
  /** Files that VK_DRIVER_FILES or VK_ICD_FILENAMES name. */
  readonly vulkanDrivers?: readonly string[];
}

/** One way to compute on this machine. */
export type Candidate =
  | { readonly engine: 'onnx'; readonly device: DeviceName }
  | { readonly engine: 'tfjs'; readonly device: 'cuda' | 'cpu'; readonly backend: TfjsBackend };

/** In order of preference: real GPUs first, then what is fastest on a processor. */
export const candidates: readonly Candidate[] = [
  { engine: 'tfjs', device: 'cuda', backend: 'tensorflow' },
  { engine: 'onnx', device: 'cuda' },
  { engine: 'onnx', device: 'webgpu' },
  { engine: 'onnx', device: 'cpu' },
  { engine: 'tfjs', device: 'cpu', backend: 'tensorflow' },
  { engine: 'tfjs', device: 'cpu', backend: 'wasm' },
  { engine: 'tfjs', device: 'cpu', backend: 'cpu' },
];

/** The engine that the choice asks for. Throws ENGINE_UNAVAILABLE with what each possible one lacks. */
export async function createEngine(choice: EngineChoice): Promise<Engine> {
  const lacks: string[] = [];
  for (const candidate of candidates.filter((one) => isAskedFor(one, choice))) {
    const veto = vetoOf(candidate, choice);
    if (veto !== undefined) {
      lacks.push(veto);
      continue;
    }
    try {
      return await openCandidate(candidate, choice);
    } catch (error) {
      lacks.push(reasonOf(error));
    }
  }
  const engine = choice.engine === 'auto' ? 'any' : choice.engine;
  const problem = lacks.length > 0 ? lacks.join('; ') : `it has no ${choice.device} device`;
  throw new DescentError('ENGINE_UNAVAILABLE', { engine, problem });
}

export function isAskedFor(candidate: Candidate, { engine, device }: EngineChoice): boolean {
  return (
    (engine === 'auto' || engine === candidate.engine) && (device === 'auto' || device === candidate.device)
  );
}

/** Why a candidate is not even tried: nobody asked for its device by name, and no GPU is to be seen. */
export function vetoOf({ device }: Candidate, choice: EngineChoice): string | undefined {
  if (device === 'cpu' || choice.device === device) return undefined;
  const { isReal, isSoftware } = surveyGpus(choice.vulkanDrivers ?? []);
  if (isReal) return undefined;
  return isSoftware && device === 'webgpu'
    ? 'the Vulkan driver computes on the processor; ask for it with DESCENT_DEVICE=webgpu'
    : 'no GPU is to be seen (/dev/dri/renderD*, /dev/nvidia*, /dev/dxg)';
}

export async function openCandidate(candidate: Candidate, choice: EngineChoice): Promise<Engine> {
  const { threads = 1, vulkanDrivers = [], deviceIndex = 0 } = choice;
  if (candidate.engine === 'onnx') {
    return createOnnxEngine({ device: candidate.device, deviceIndex, threads, vulkanDrivers });
  }
  const engine = await createTfjsEngine({ backend: candidate.backend });
  if (candidate.device === engine.device) return engine;
  await engine.dispose();
  throw new DescentError('ENGINE_UNAVAILABLE', {
    engine: 'tfjs',
    problem: `@tensorflow/tfjs-node-gpu is needed, and a GPU that it sees; it computes on the ${engine.device} here`,
  });
}

/** The problem alone, where the message would name the engine again. */
export function reasonOf(error: unknown): string {
  const problem = error instanceof DescentError ? error.details.problem : undefined;
  return typeof problem === 'string' ? problem : messageOf(error);
}
