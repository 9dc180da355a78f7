import type { ModelSpec } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { type CompiledModel, type CompileOptions, compileModel } from '@descent/models';

/** Up to so many operations none of the steps from a model to its price takes 10 ms; for the largest that are accepted they take seconds. */
const quickOperations = 80;

/**
 * Compiles a model that is small enough to be compiled on the event loop. Null: it is not, and belongs on a thread.
 * @throws DescentError SPEC_… as `compileModel`
 */
export function compileQuickly(spec: ModelSpec, options: CompileOptions = {}): CompiledModel | null {
  try {
    return compileModel(spec, {
      ...options,
      limits: { operations: quickOperations, nodes: quickOperations },
    });
  } catch (error) {
    // Too large for us, or for everybody: the thread knows.
    if (isDescentError(error, 'SPEC_TOO_LARGE')) return null;
    throw error;
  }
}
