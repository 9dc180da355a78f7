import type { CatalogueEntry } from '../entry.ts';

/** Compiling and running a computation graph on an engine. */
export const engineErrors = {
  ENGINE_UNAVAILABLE: {
    status: 503,
    message: 'Engine "{engine}" cannot be loaded: {problem}',
    advice: '`descent doctor` lists the engines of this machine and what each of them lacks.',
    retryable: false,
  },
  ENGINE_OPTION_INVALID: {
    status: 422,
    message: 'Engine option {option} {problem}',
    advice: 'Correct the option; `threads` and `batch` are whole numbers from 1.',
    retryable: false,
  },
  ENGINE_DTYPE_UNSUPPORTED: {
    status: 422,
    message: 'Node "{node}" ({op}): value "{value}" is {dtype}, which engine "{engine}" does not compute',
    advice: 'Use float32 for numbers and int32 or int64 for labels and indices.',
    retryable: false,
  },
  ENGINE_NODE_UNSUPPORTED: {
    status: 422,
    message: 'Node "{node}" ({op}) cannot run on engine "{engine}": {problem}',
    advice: 'Change the node as the message says, or choose another engine.',
    retryable: false,
  },
  ENGINE_OUTPUT_UNKNOWN: {
    status: 422,
    message: 'The graph has no output "{output}"',
    advice: '`details.outputs` lists the outputs it has.',
    retryable: false,
  },
  ENGINE_BINDING_INVALID: {
    status: 422,
    message: 'The buffer bound to "{name}" does not fit: {problem}',
    advice: 'Bind every input and output of the program to a typed array of its dtype and element count.',
    retryable: false,
  },
  ENGINE_COMPILE_FAILED: {
    status: 500,
    message: 'Engine "{engine}" refused the compiled graph: {problem}',
    advice: 'This is a fault of Descent: report it with the model spec and the version.',
    retryable: false,
  },
  ENGINE_RUN_FAILED: {
    status: 500,
    message: 'Engine "{engine}" failed while computing: {problem}',
    advice:
      'Look for labels or indices out of range and for too little memory; `descent doctor` shows the engine.',
    retryable: false,
  },
  ENGINE_DISPOSED: {
    status: 500,
    message: '{what} was used after it had been released',
    advice: 'Compile the graph again: programs end with their engine.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
