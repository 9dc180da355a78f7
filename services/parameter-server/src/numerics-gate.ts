import type { Reproducibility } from '@descent/contracts';
import { DescentError } from '@descent/errors';

/** Which numerics class a training job is computed in: the first worker's, unless earlier incarnations fixed it. */
export interface NumericsGate {
  readonly numericsClass: string | null;
  /** Throws NUMERICS_CLASS_MISMATCH. */
  admit(numericsClass: string): void;
}

export function createNumericsGate(reproducibility: Reproducibility, fixed: string | null): NumericsGate {
  let expected = fixed;
  return {
    get numericsClass() {
      return expected;
    },
    admit(actual) {
      expected ??= actual;
      if (reproducibility === 'strict' && actual !== expected) {
        throw new DescentError('NUMERICS_CLASS_MISMATCH', { expected, actual });
      }
    },
  };
}
