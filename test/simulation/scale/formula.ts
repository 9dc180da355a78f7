import { plainWire, type WorldOptions } from './world.ts';

/**
 * Milliseconds of a step by arithmetic (docs/scaling.md). Parameters leave the server's card one copy after the other, so the
 * last worker begins after all of them; gradients come back while others still compute.
 */
export function predictedStepMs(options: WorldOptions): number {
  const { workers, microBatches, parameterBytes, computeMs, latencyMs, wire = plainWire } = options;
  const crew = Math.min(workers, microBatches);
  const copyMs = (8000 * parameterBytes) / options.linkBitsPerSecond;
  const [downMs, upMs] = [copyMs * wire.down, copyMs * wire.up];
  const reduceMs = (1000 * parameterBytes) / options.reduceBytesPerSecond;
  const updateMs = (1000 * parameterBytes) / options.updateBytesPerSecond;
  const workMs = computeMs * Math.ceil(microBatches / crew);
  const lastWorker = crew * downMs + workMs + upMs + reduceMs;
  const busyCard = downMs + workMs + crew * upMs + reduceMs;
  const busyThread = downMs + workMs + upMs + crew * reduceMs;
  return Math.max(lastWorker, busyCard, busyThread) + updateMs + 2 * latencyMs;
}

/** Milliseconds of a step if only computing took time. */
export function computeOnlyMs({ workers, microBatches, computeMs }: WorldOptions): number {
  return (computeMs * microBatches) / Math.min(workers, microBatches);
}
