import { timingLine } from './describe-timing.ts';
import type { ProgressView } from './progress-view.ts';

const intervalMs = 2_000;

/** A view that says every two seconds where the time goes as well. */
export function withBreakdown(view: ProgressView, clock: () => number): ProgressView {
  let saidMs = Number.NEGATIVE_INFINITY;
  return {
    ...view,
    show(job) {
      view.show(job);
      if (job.timing === undefined || clock() - saidMs < intervalMs) return;
      saidMs = clock();
      view.note(timingLine(job.timing));
    },
  };
}
