import type { Compression, Reproducibility } from '@descent/contracts';
import { DescentError } from '@descent/errors';

/**
 * Which numerics class a training job is computed in: the first worker's, unless earlier incarnations fixed it, and the
 * wire format where there is one (`onnx-1.30-cpu-… int8`).
 */
export interface NumericsGate {
  readonly numericsClass: string | null;
  /** Throws NUMERICS_CLASS_MISMATCH. */
  admit(workersClass: string): void;
}

export function createNumericsGate(
  reproducibility: Reproducibility,
  fixed: string | null,
  compression: Compression = 'none',
): NumericsGate {
  const wire = typeof compression === 'string' ? compression : `topK-${compression.topK}`;
  let expected = fixed;
  return {
    get numericsClass() {
      return expected;
    },
    admit(workersClass) {
      const actual = wire === 'none' ? workersClass : `${workersClass} ${wire}`;
      expected ??= actual;
      if (reproducibility === 'strict' && actual !== expected) {
        throw new DescentError('NUMERICS_CLASS_MISMATCH', { expected, actual });
      }
    },
  };
}
