import { availableParallelism } from 'node:os';
import { DescentError } from '@descent/errors';
import { messageOf } from '../message-of.ts';
import { instructionSet } from '../numerics-class.ts';
import { loadTensorFlow, type TensorFlow } from './tensorflow.ts';

/** TensorFlow.js's names of what computes: the library of `tfjs-node` and `tfjs-node-gpu`, WebAssembly, JavaScript. */
export type TfjsBackend = 'tensorflow' | 'wasm' | 'cpu';

/** A backend that has been loaded, and what its numerics depend on. */
export interface OpenBackend {
  readonly tf: TensorFlow;
  readonly backend: TfjsBackend;
  /** The package that brought it. */
  readonly library: string;
  readonly isGpu: boolean;
  /** `<library>-<version>/<device>/<threads>-thread`, the front of the numerics class. */
  readonly computes: string;
}

export async function openBackend(backend: TfjsBackend): Promise<OpenBackend> {
  const tf = await loadTensorFlow();
  switch (backend) {
    case 'tensorflow':
      return openNative(tf);
    case 'wasm':
      return openWasm(tf);
    case 'cpu':
      return openCpu(tf);
    default:
      throw backend satisfies never;
  }
}

const nativeLibraries = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Neither is a dependency: their install step downloads a library, which an offline install cannot. */
async function openNative(tf: TensorFlow): Promise<OpenBackend> {
  const problems: string[] = [];
  for (const library of nativeLibraries) {
    try {
      await import(library);
    } catch (error) {
      problems.push(`${library}: ${isMissing(error, library) ? 'not installed' : messageOf(error)}`);
      continue;
    }
    await activate(tf, 'tensorflow', library);
    const isGpu = usesGpu(tf.backend());
    const threads = isGpu ? 1 : availableParallelism();
    const device = isGpu ? 'cuda' : `cpu-${instructionSet()}`;
    const name = library.replace('@tensorflow/', '');
    return {
      tf,
      backend: 'tensorflow',
      library,
      isGpu,
      computes: `${name}-${tf.version_core}/${device}/${threads}-thread`,
    };
  }
  throw unavailable(`${problems.join('; ')}. Add one of them: ${howToAdd(tf)}`);
}

/** The versions must be equal: both register kernels with one core. */
function howToAdd(tf: TensorFlow): string {
  return nativeLibraries.map((name) => `\`npm install --no-save ${name}@${tf.version_core}\``).join(' or ');
}

async function openWasm(tf: TensorFlow): Promise<OpenBackend> {
  const library = '@tensorflow/tfjs-backend-wasm';
  await import('@tensorflow/tfjs-backend-wasm').catch((error: unknown) => {
    throw unavailable(`${library}: ${messageOf(error)}`);
  });
  // Several threads would need workers of their own; a worker of ours computes on one.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await activate(tf, 'wasm', library);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? '-simd' : '';
  return {
    tf,
    backend: 'wasm',
    library,
    isGpu: false,
    computes: `tfjs-${tf.version_core}/wasm${simd}-${process.arch}/1-thread`,
  };
}

async function openCpu(tf: TensorFlow): Promise<OpenBackend> {
  const library = '@tensorflow/tfjs-backend-cpu';
  await import('@tensorflow/tfjs-backend-cpu').catch((error: unknown) => {
    throw unavailable(`${library}: ${messageOf(error)}`);
  });
  await activate(tf, 'cpu', library);
  // Its exponentials and tangents are those of the JavaScript engine.
  const v8 = process.versions.v8.split('.').slice(0, 2).join('.');
  return {
    tf,
    backend: 'cpu',
    library,
    isGpu: false,
    computes: `tfjs-${tf.version_core}/js-v8-${v8}/1-thread`,
  };
}

async function activate(tf: TensorFlow, backend: TfjsBackend, library: string): Promise<void> {
  try {
    if (await tf.setBackend(backend)) return;
  } catch (cause) {
    throw unavailable(`${library}: ${messageOf(cause)}`);
  }
  throw unavailable(`${library} does not start`);
}

/** tfjs-node's backend tells whether TensorFlow found a GPU. */
function usesGpu(backend: object): boolean {
  return 'isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true;
}

function isMissing(error: unknown, library: string): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' && messageOf(error).includes(library);
}

function unavailable(problem: string): DescentError {
  return new DescentError('ENGINE_UNAVAILABLE', { engine: 'tfjs', problem });
}
