import type { ModelWriter } from './model-writer.ts';

/**
 * Note: outputs are written, not returned. onnxruntime writes every output into the array that is bound to it, but the
 * Node binding then also copies each into a new JavaScript tensor for the result of `run`: 0.2 ms and 1 MB of garbage
 * per MB of gradients (1.30.0; docs/performance.md). It converts the outputs in their order and refuses a sequence, after
 * the computation has ended. So the first output of our models is a sequence, and its refusal means that the run is
 * complete. A binding that learns to return sequences only makes this slower, not wrong.
 */
const name = 'unreturned';

export function writeUnreturned(writer: ModelWriter): void {
  writer.sequenceOutput(name, 'float32', [], writer.filled(0));
}

/** Has onnxruntime allocate the sequence itself. */
export const unreturnedFetch = { [name]: null } as const;

export function isUnreturned(error: unknown): boolean {
  return error instanceof Error && error.message === 'Non tensor type is temporarily not supported.';
}
