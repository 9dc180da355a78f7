import { type ExplainJobRequest, isEnded } from '@descent/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useCheckpoints } from '../job/use-checkpoints.ts';
import { useJob } from '../job/use-job.ts';
import { useClient } from '../session/session.ts';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { GraphView } from './graph-view.tsx';

/** The graph of one job with a sample of its data flowing through it, at any checkpoint; live while the job runs. */
export default function JobGraphPage({ id }: { readonly id: string }) {
  const client = useClient();
  const [search, setSearch] = useSearchParams();
  const { data: job } = useJob(id);
  const { data: checkpoints = [] } = useCheckpoints(id, job === undefined || !isEnded(job.state));
  const at = search.get('at') ?? 'latest';
  const sample = Math.max(0, Number.parseInt(search.get('sample') ?? '0', 10) || 0);
  const split = search.get('split');
  const samples = Math.min(64, Math.max(1, Number.parseInt(search.get('samples') ?? '1', 10) || 1));

  const graph = useQuery({
    queryKey: ['job', id, 'graph'],
    queryFn: ({ signal }) => client.jobs.graph(id, { kind: 'training', signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  // The newest parameters change with every checkpoint; the others never do.
  const newest = at === 'latest' ? `${checkpoints[0]?.id} ${job?.receipt.weightsHash}` : '';
  const question: ExplainJobRequest = {
    checkpoint: /^\d+$/.test(at) ? Number(at) : (at as 'latest'),
    samples: {
      ...(split !== null && { split }),
      indices: Array.from({ length: samples }, (_, index) => sample + index),
    },
  };
  const explanation = useQuery({
    queryKey: ['job', id, 'explain', at, split, sample, samples, newest],
    queryFn: ({ signal }) => client.jobs.explain(id, { ...question, check: false }, { signal }),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    document.title = `Graph of ${job?.name ?? 'a job'} · Descent`;
  }, [job?.name]);

  const set = (name: string, value: string) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const steps = checkpoints.map(({ step }) => String(step));
  const error = graph.error ?? explanation.error;

  return (
    <div className="space-y-3">
      <div>
        <Link href={`/jobs/${id}`} className="text-sm text-ink-soft hover:text-ink hover:underline">
          ← {job?.name ?? 'Job'}
        </Link>
        <h1 className="mt-1 text-2xl font-semibold">Computation graph</h1>
        <p className="mt-1 text-ink-soft">
          Values flow down, gradients flow back up.
          {explanation.data?.step !== undefined &&
            explanation.data.step !== null &&
            ` Parameters after step ${explanation.data.step}; loss ${Number(explanation.data.loss).toPrecision(4)} over ${samples === 1 ? 'the sample' : `${samples} samples`}.`}
        </p>
      </div>
      {error !== null && <FailureNotice error={error} onRetry={() => void explanation.refetch()} />}
      {graph.data === undefined ? (
        graph.error === null && <Loading what="graph" />
      ) : (
        <GraphView
          graph={graph.data}
          explanation={explanation.data}
          working={explanation.isFetching}
          onCheck={(node) => client.jobs.explain(id, { ...question, nodes: [node] })}
        >
          <Choice
            label="parameters"
            value={at}
            options={['latest', 'best', 'initial', ...steps]}
            words={Object.fromEntries(steps.map((step) => [step, `step ${step}`]))}
            onChange={(value) => set('at', value)}
          />
          <NumberField
            label="sample"
            value={sample}
            min={0}
            onChange={(value) => set('sample', String(value))}
          />
          <NumberField
            label="how many"
            value={samples}
            min={1}
            max={64}
            onChange={(value) => set('samples', String(value))}
          />
        </GraphView>
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max?: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ label, value, min, max, onChange }: NumberFieldProps) {
  return (
    <label className="flex items-center gap-2 text-sm">
      {label}
      <input
        type="number"
        min={min}
        max={max}
        value={value}
        onChange={(event) => {
          const given = event.target.valueAsNumber;
          if (Number.isFinite(given)) onChange(given);
        }}
        className="min-h-9 w-20 rounded-lg border border-line-strong bg-surface px-2 py-1 tabular-nums"
      />
    </label>
  );
}
