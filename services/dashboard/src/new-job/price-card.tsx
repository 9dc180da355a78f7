import type { Estimate, Job } from '@descent/client';
import { formatDuration, secondsBetween } from '../format/duration.ts';
import { formatBytes, formatCompact, formatCount } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { Figure } from '../ui/figure.tsx';
import { Notice } from '../ui/notice.tsx';

/** What a job would cost, before anything is spent. */
export function PriceCard({ job: { price, request, estimate } }: { readonly job: Job }) {
  return (
    <Card title="Price">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 px-4 pb-4 sm:grid-cols-3">
        <Figure label="trained parameters">{formatCount(price.parameters)}</Figure>
        <Figure label="FLOPs per step">{formatCompact(price.flopsPerStep)}</Figure>
        <Figure label="steps">
          {formatCount(price.steps)} in {request.training.epochs} epochs
        </Figure>
        <Figure label="memory of a worker">{formatBytes(price.workerMemoryBytes)}</Figure>
        <Figure label="memory of the server">{formatBytes(price.serverMemoryBytes)}</Figure>
        <Figure label="wire per step and worker">{formatBytes(price.wireBytesPerStep)}</Figure>
      </dl>
      {estimate !== undefined && <EstimateLines estimate={estimate} />}
    </Card>
  );
}

/** On the workers that are there now, against what the team may still use. */
function EstimateLines({ estimate }: { readonly estimate: Estimate }) {
  const { workers, workerSeconds, budgetLeftWorkerSeconds, fitsBudget, fitsMemory } = estimate;
  const left = budgetLeftWorkerSeconds === null ? '' : ` of ${formatDuration(budgetLeftWorkerSeconds)} left`;
  return (
    <div className="space-y-2 border-t border-line px-4 py-3 text-sm">
      <p>
        {workerSeconds === null
          ? 'No worker is there: the job would wait for one.'
          : `About ${formatDuration(workerSeconds)} of worker time${left}, on up to ${workers === 1 ? '1 worker' : `${workers} workers`}.`}
      </p>
      <StartLine estimate={estimate} />
      {!fitsBudget && <Notice tone="warn">More than your team has left: it would wait in the middle.</Notice>}
      {!fitsMemory && <Notice tone="warn">No parameter server that is there has so much memory.</Notice>}
    </div>
  );
}

/** Where it would stand in line, and until when. */
function StartLine({ estimate: { waiting, estimatedFinish } }: { readonly estimate: Estimate }) {
  const { reason, message, estimatedStart } = waiting;
  const nowMs = Date.now();
  const until = (time: string | null) =>
    time === null ? null : formatDuration(Math.max(0, secondsBetween(new Date(nowMs).toISOString(), time)!));
  const start = until(estimatedStart);
  const finish = until(estimatedFinish);
  return (
    <p>
      <span className="font-semibold">Expected start: </span>
      {reason === 'starting' ? 'at once' : start === null ? 'cannot be foreseen' : `in about ${start}`}
      {finish !== null && `, done in about ${finish}`}.
      {reason !== 'starting' && <span className="text-ink-soft"> {message}.</span>}
    </p>
  );
}
