import type { Truth } from './truth.ts';

/** An api of which only the given routes may be called. */
export function createFakeTruth(routes: Partial<Truth>): Truth {
  const unexpected = async () => {
    throw new Error('this route was not expected to be called');
  };
  return {
    replace: unexpected,
    beat: unexpected,
    claim: unexpected,
    report: unexpected,
    putCheckpoint: unexpected,
    getCheckpoint: unexpected,
    getArtifact: unexpected,
    putWeights: unexpected,
    ...routes,
  };
}
