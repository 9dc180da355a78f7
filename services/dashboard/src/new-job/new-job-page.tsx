import { DescentError, type JobCreate } from '@descent/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { stringify } from 'yaml';
import { LayerTable } from '../job/layer-table.tsx';
import { useJob } from '../job/use-job.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Notice } from '../ui/notice.tsx';
import { useView } from '../ui/use-view.ts';
import { PriceCard } from './price-card.tsx';
import { type Mark, markOf, readSpec } from './read-spec.ts';
import { SpecEditor } from './spec-editor.tsx';
import { templates } from './templates.ts';
import { useSchemas } from './use-schemas.ts';
import { useSettled } from './use-settled.ts';

const pretty = (job: unknown) => `${JSON.stringify(job, null, 2)}\n`;
const first = templates[1]!;
/** The choice that stands for the job one came from. */
const givenJob = 'the same settings';

/** Starts from a template, or from the settings of the job that the address names. */
export default function NewJobPage() {
  const [view] = useView();
  const from = view.get('from');
  useEffect(() => {
    document.title = 'New job · Descent';
  }, []);
  return from === null ? <JobForm given={undefined} /> : <FormOfJob id={from} />;
}

function FormOfJob({ id }: { readonly id: string }) {
  const { data: job, error } = useJob(id);
  if (job === undefined) return error === null ? <Loading what="job" /> : <FailureNotice error={error} />;
  return <JobForm given={job.request} />;
}

/** Writes a job, shows what it would cost while it is written, and submits it. */
function JobForm({ given }: { readonly given: JobCreate | undefined }) {
  const client = useClient();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const schemas = useSchemas();
  const [start, setStart] = useState({
    revision: 0,
    text: pretty(given ?? first.job),
    template: given === undefined ? first.name : givenJob,
  });
  const [text, setText] = useState(start.text);
  const settled = useSettled(useDeferredValue(text), 400);

  const read = useMemo(() => readSpec(settled), [settled]);
  const job = 'value' in read ? (read.value as JobCreate) : null;
  const { data: datasets = [] } = useQuery({
    queryKey: ['datasets'],
    queryFn: ({ signal }) => client.datasets.list({ signal }),
  });
  const dryRun = useQuery({
    queryKey: ['dry run', settled],
    queryFn: ({ signal }) => client.jobs.dryRun(job!, { signal }),
    enabled: job !== null,
    retry: false,
    placeholderData: (before) => before,
  });
  const submit = useMutation({
    mutationFn: () => client.jobs.create(job!),
    onSuccess: (created) => {
      void queryClient.invalidateQueries({ queryKey: ['jobs'] });
      navigate(`/jobs/${created.id}`);
    },
  });

  const mark = useMemo((): Mark | null => {
    if ('mark' in read) return read.mark;
    const { error } = dryRun;
    if (!(error instanceof DescentError)) return null;
    const { path, problem } = error.details as { path?: unknown; problem?: unknown };
    if (typeof path !== 'string') return null;
    return markOf(read.document, path, typeof problem === 'string' ? problem : error.message);
  }, [read, dryRun]);

  function replace(next: string, template = start.template) {
    setText(next);
    setStart({ revision: start.revision + 1, text: next, template });
  }

  const dataset = (job?.data as { dataset?: unknown } | undefined)?.dataset;
  const names = datasets.map(({ id }) => id);
  const ready = job !== null && dryRun.data !== undefined && dryRun.error === null && text === settled;

  return (
    <div className="space-y-4">
      <h1 className="text-2xl font-semibold">New training job</h1>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Choice
          label="start from"
          value={start.template}
          options={[...(given === undefined ? [] : [givenJob]), ...templates.map(({ name }) => name)]}
          onChange={(name) =>
            replace(pretty(name === givenJob ? given : templates.find((one) => one.name === name)?.job), name)
          }
        />
        {job !== null && names.length > 0 && (
          <Choice
            label="data set"
            value={typeof dataset === 'string' && names.includes(dataset) ? dataset : ''}
            options={['', ...names]}
            words={Object.fromEntries([['', 'choose…'], ...datasets.map(({ id, name }) => [id, name])])}
            onChange={(id) => replace(pretty({ ...job, data: { ...job.data, dataset: id } }))}
          />
        )}
        {job !== null && (
          <Button look="quiet" onClick={() => replace(isJson(text) ? stringify(job) : pretty(job))}>
            {isJson(text) ? 'Write it as YAML' : 'Write it as JSON'}
          </Button>
        )}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)]">
        <div className="h-[34rem]">
          <SpecEditor
            text={start.text}
            revision={start.revision}
            mark={mark}
            schemas={schemas}
            onChange={setText}
          />
        </div>
        <div className="space-y-4">
          {'mark' in read && <Notice tone="bad">{read.mark.message}</Notice>}
          {dryRun.error !== null &&
            // What is marked in the text needs no advice about the answer of the API.
            (mark === null ? (
              <FailureNotice error={dryRun.error} onRetry={() => void dryRun.refetch()} />
            ) : (
              <Notice tone="bad">{dryRun.error.message}</Notice>
            ))}
          {submit.error !== null && <FailureNotice error={submit.error} />}
          {dryRun.data !== undefined && dryRun.error === null && (
            <>
              <PriceCard job={dryRun.data} />
              <LayerTable layers={dryRun.data.layers} />
            </>
          )}
          <Button look="primary" disabled={!ready || submit.isPending} onClick={() => submit.mutate()}>
            {submit.isPending ? 'Submitting…' : 'Submit job'}
          </Button>
        </div>
      </div>
    </div>
  );
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}
