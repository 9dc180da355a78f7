import type { MetricPoint } from '@descent/client';
import { type CurveBuffer, createCurveBuffer } from './curve-buffer.ts';

export const defaultSmoothing = 0.9;

/** A curve without noise: a running mean would only lag behind. */
export function isExact(metric: string): boolean {
  return metric === 'learningRate';
}

/** The curves of one job, by name of the metric; `loss` is one of them. Lives outside React: points cost no render. */
export interface CurveSet {
  /** Sequence of the last point taken, to go on from after a pause. */
  readonly lastSequence: number | undefined;
  /** When its time begins; undefined before the first point. */
  readonly originMs: number | undefined;
  take(point: MetricPoint): void;
  curve(metric: string): CurveBuffer;
  setSmoothing(weight: number): void;
  /** Calls back after changes; returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export function createCurveSet(): CurveSet {
  const curves = new Map<string, CurveBuffer>();
  const listeners = new Set<() => void>();
  let smoothing = defaultSmoothing;
  let lastSequence: number | undefined;
  let originMs: number | undefined;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  function curve(metric: string): CurveBuffer {
    let buffer = curves.get(metric);
    if (buffer === undefined) {
      buffer = createCurveBuffer(isExact(metric) ? 0 : smoothing);
      curves.set(metric, buffer);
    }
    return buffer;
  }

  return {
    get lastSequence() {
      return lastSequence;
    },
    take(point) {
      lastSequence = point.sequence;
      const timeMs = Date.parse(point.time);
      originMs ??= timeMs;
      const seconds = (timeMs - originMs) / 1000;
      for (const [metric, value] of Object.entries(point.values)) {
        curve(metric).push(point.split, point.step, point.epoch, value, seconds);
      }
      changed();
    },
    get originMs() {
      return originMs;
    },
    curve,
    setSmoothing(weight) {
      smoothing = weight;
      for (const [metric, buffer] of curves) if (!isExact(metric)) buffer.setSmoothing(weight);
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
