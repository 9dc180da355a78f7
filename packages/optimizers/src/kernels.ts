import { readFileSync } from 'node:fs';

/**
 * Exports of `kernels/index.ts`. Addresses are bytes into the memory that the instance was made with, counts are
 * elements of float32; nothing is checked in there, so only this package calls them.
 */
export interface Kernels {
  addInto(target: number, source: number, count: number): void;
  subtract(target: number, minuend: number, subtrahend: number, count: number): void;
  allFinite(source: number, count: number): 0 | 1;
  /** Σ (source + addend)²; `addend` 0: there is none. */
  squares(source: number, addend: number, count: number): number;
  // Updates write three f64 at `result`: squared norms of the summed gradient, of θ, and of its change.
  sgd(
    next: number,
    parameters: number,
    gradients: number,
    addend: number,
    count: number,
    result: number,
    scale: number,
    weightDecay: number,
    learningRate: number,
  ): void;
  sgdMomentum(
    next: number,
    parameters: number,
    gradients: number,
    addend: number,
    velocity: number,
    count: number,
    result: number,
    scale: number,
    weightDecay: number,
    learningRate: number,
    momentum: number,
    nesterov: boolean,
  ): void;
  adam(
    next: number,
    parameters: number,
    gradients: number,
    addend: number,
    firstMoment: number,
    secondMoment: number,
    count: number,
    result: number,
    scale: number,
    weightDecay: number,
    keep: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    stepSize: number,
    correction2: number,
    epsilon: number,
  ): void;
  encodeBf16(target: number, source: number, count: number): void;
  decodeBf16(target: number, source: number, count: number): 0 | 1;
  encodeInt8(values: number, scales: number, source: number, count: number, key: number): void;
  decodeInt8(target: number, values: number, scales: number, count: number): 0 | 1;
  encodeTopK(
    indices: number,
    values: number,
    lambda: number,
    picks: number,
    scratch: number,
    source: number,
    count: number,
    exact: number,
    sampled: number,
    offset: number,
  ): void;
  decodeTopK(
    target: number,
    indices: number,
    values: number,
    lambda: number,
    picks: number,
    count: number,
    exact: number,
    sampled: number,
  ): 0 | 1 | -1;
}

/** Stands at the same place as seen from `src/` and from `dist/`. */
const kernelsFolder = new URL('../kernels/build/', import.meta.url);
const files = { own: 'kernels.wasm', shared: 'kernels-shared.wasm' } as const;

const compiled = new Map<keyof typeof files, WebAssembly.Module>();

/**
 * The kernels over `memory`: one program, in a form for memory of one thread and in one for memory that threads share.
 * They are compiled once per thread and instantiated per memory.
 */
export function instantiateKernels(memory: WebAssembly.Memory, kind: keyof typeof files): Kernels {
  const known = compiled.get(kind) ?? new WebAssembly.Module(readKernels(files[kind]));
  compiled.set(kind, known);
  return new WebAssembly.Instance(known, { env: { memory } }).exports as Kernels;
}

function readKernels(file: string): Uint8Array {
  const url = new URL(file, kernelsFolder);
  try {
    return readFileSync(url);
  } catch (cause) {
    throw new Error(`${url.pathname} cannot be read; \`npm run build -w @descent/optimizers\` makes it`, {
      cause,
    });
  }
}
