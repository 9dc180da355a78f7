import type { Job } from '@descent/client';
import { formatBytes, formatCompact, formatCount } from '../format/number.ts';
import { Card } from '../ui/card.tsx';
import { Figure } from '../ui/figure.tsx';

/** What a job would cost, before anything is spent. */
export function PriceCard({ job: { price, request } }: { readonly job: Job }) {
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
    </Card>
  );
}
