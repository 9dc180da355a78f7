import { type ChosenParameters, isEnded, type Job, type PredictRequest } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useDataset } from '../data/use-datasets.ts';
import { bestCheckpoint } from '../job/best-checkpoint.ts';
import { useCheckpoints } from '../job/use-checkpoints.ts';
import { useJob } from '../job/use-job.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Notice } from '../ui/notice.tsx';
import { useView } from '../ui/use-view.ts';
import { Answer } from './answer.tsx';
import { CsvCard } from './csv-card.tsx';
import { type Drawing, digitOf } from './digit.ts';
import { guessesOf } from './guesses.ts';
import { ImageCard } from './image-card.tsx';
import { MistakesCard } from './mistakes-card.tsx';
import { exampleOf, imageInputOf, textInputOf } from './model-inputs.ts';
import { Paper } from './paper.tsx';
import { TextCard } from './text-card.tsx';

/** Tries a trained model on what it reads: a drawing, an image, a text, a table, or rows as the API takes them. */
export default function PredictPage({ id }: { readonly id: string }) {
  const { data: job, error } = useJob(id);

  useEffect(() => {
    document.title = `Predict with ${job?.name ?? 'a job'} · Descent`;
  }, [job?.name]);

  if (job === undefined) return error === null ? <Loading what="job" /> : <FailureNotice error={error} />;
  return (
    <div className="space-y-4">
      <div>
        <Link href={`/jobs/${id}`} className="text-sm text-ink-soft hover:text-ink hover:underline">
          ← {job.name}
        </Link>
        <h1 className="mt-1 text-2xl font-semibold">Try the model</h1>
      </div>
      <Parameters job={job} />
    </div>
  );
}

const final = 'final';

/** Which parameters answer stands in the address; of a job that has not succeeded only checkpoints do. */
function Parameters({ job }: { readonly job: Job }) {
  const { data: checkpoints, error } = useCheckpoints(job.id, !isEnded(job.state));
  const [view, change] = useView();
  if (error !== null) return <FailureNotice error={error} />;
  if (checkpoints === undefined) return <Loading what="checkpoints" />;
  const steps = checkpoints.map(({ step }) => String(step));
  const evaluated = bestCheckpoint(checkpoints) === undefined ? [] : ['best'];
  const succeeded = job.state === 'succeeded';
  const options = [...(succeeded ? [final] : ['latest']), ...evaluated, ...steps];
  if (!succeeded && steps.length === 0) {
    return (
      <Notice tone="idle">
        A job answers once it has written a checkpoint; this one is {job.state} and has none yet.
      </Notice>
    );
  }
  const at = options.find((option) => option === view.get('at')) ?? options[0]!;
  return (
    <>
      <Choice
        label="parameters"
        value={at}
        options={options}
        words={{
          [final]: 'final weights',
          latest: 'latest checkpoint',
          best: 'best checkpoint',
          ...Object.fromEntries(steps.map((step) => [step, `after step ${step}`])),
        }}
        onChange={(next) => change({ at: next === options[0] ? '' : next })}
      />
      <Trial key={at} job={job} checkpoint={checkpointOf(at)} />
    </>
  );
}

function checkpointOf(at: string): ChosenParameters {
  if (at === final) return {};
  return { checkpoint: at === 'best' || at === 'latest' ? at : Number(at) };
}

interface TrialProps {
  readonly job: Job;
  readonly checkpoint: ChosenParameters;
}

function Trial({ job, checkpoint }: TrialProps) {
  const client = useClient();
  const { data: dataset } = useDataset(datasetOf(job));
  const ask = useMutation({
    mutationFn: (request: PredictRequest) => client.jobs.predict(job.id, request, checkpoint),
  });
  const { mutate } = ask;
  const image = useMemo(() => imageInputOf(job), [job]);
  const text = textInputOf(job, dataset);

  const draw = useCallback(
    (drawing: Drawing) => {
      if (image === undefined) return;
      const digit = digitOf(drawing, image.width, image.height);
      mutate({ inputs: { [image.name]: [digit.map((row) => row.map((level) => [level]))] } });
    },
    [mutate, image],
  );

  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="space-y-4">
        {image?.channels === 1 && (
          <Card title="Draw">
            <div className="px-4 pb-4">
              <Paper onDraw={draw} />
            </div>
          </Card>
        )}
        {image !== undefined && (
          <ImageCard input={image} onAsk={(row) => mutate({ inputs: { [image.name]: [row] } })} />
        )}
        {text !== undefined && (
          <TextCard onAsk={(written) => mutate({ inputs: { [text]: [written] } })} busy={ask.isPending} />
        )}
        {image === undefined && text === undefined && (
          <CsvCard
            columns={dataset?.manifest?.columns.map(({ name }) => name) ?? []}
            onAsk={(rows) => mutate({ rows })}
          />
        )}
        <RowsCard key={dataset?.id} example={exampleOf(job, dataset)} onAsk={mutate} busy={ask.isPending} />
      </div>
      <div className="space-y-4 ">
        {ask.error !== null && <FailureNotice error={ask.error} />}
        {ask.data === undefined ? (
          <p className="rounded-xl border border-dashed border-line-strong px-4 py-10 text-center text-ink-soft">
            The answer appears here.
          </p>
        ) : (
          <Answer rows={guessesOf(ask.data)} outputs={ask.data.outputs} />
        )}
        {isClassifier(job) && <MistakesCard job={job} checkpoint={checkpoint} />}
      </div>
    </div>
  );
}

/** Of one class per sample: what has right and wrong answers. */
function isClassifier({ request: { model } }: Job): boolean {
  return !Array.isArray(model.loss) && (model.loss as { type?: string }).type === 'softmaxCrossEntropy';
}

function datasetOf({ request }: Job): string {
  return request.data.dataset;
}

interface RowsCardProps {
  readonly example: Record<string, unknown[]>;
  readonly onAsk: (request: PredictRequest) => void;
  readonly busy: boolean;
}

function RowsCard({ example, onAsk, busy }: RowsCardProps) {
  const [text, setText] = useState(() => JSON.stringify(example, null, 1));
  const [mistake, setMistake] = useState<string>();
  function ask() {
    try {
      onAsk({ inputs: JSON.parse(text) as Record<string, unknown[]> });
      setMistake(undefined);
    } catch (error) {
      setMistake(`This is not JSON: ${error instanceof Error ? error.message : error}`);
    }
  }
  return (
    <Card title="Rows">
      <div className="space-y-3 px-4 pb-4">
        <p className="text-sm text-ink-soft">
          One entry per row and input, in the raw values of the data set; the transforms of the job are
          applied.
        </p>
        <textarea
          aria-label="Rows in JSON"
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          rows={8}
          className="w-full rounded-lg border border-line-strong bg-canvas p-3 font-mono text-sm"
        />
        {mistake !== undefined && <Notice tone="bad">{mistake}</Notice>}
        <Button disabled={busy} onClick={ask}>
          {busy ? 'Asking…' : 'Ask'}
        </Button>
      </div>
    </Card>
  );
}
