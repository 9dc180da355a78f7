import type { Job } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useJob } from '../job/use-job.ts';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { Notice } from '../ui/notice.tsx';
import { Answer } from './answer.tsx';
import { type Drawing, digitOf } from './digit.ts';
import { guessesOf } from './guesses.ts';
import { Paper } from './paper.tsx';

type Rows = Record<string, unknown[]>;

/** Tries a finished model: a drawing where it reads one grey image, rows of numbers always. */
export default function PredictPage({ id }: { readonly id: string }) {
  const client = useClient();
  const { data: job, error } = useJob(id);
  const ask = useMutation({ mutationFn: (inputs: Rows) => client.jobs.predict(id, { inputs }) });
  const { mutate } = ask;

  useEffect(() => {
    document.title = `Predict with ${job?.name ?? 'a job'} · Descent`;
  }, [job?.name]);

  const grey = job === undefined ? undefined : greyImageOf(job);
  const [name, height, width] = grey ?? ['', 0, 0];
  const draw = useCallback(
    (drawing: Drawing) => {
      const digit = digitOf(drawing, width, height);
      mutate({ [name]: [digit.map((row) => row.map((level) => [level]))] });
    },
    [mutate, name, width, height],
  );

  if (job === undefined) return error === null ? <Loading what="job" /> : <FailureNotice error={error} />;
  return (
    <div className="space-y-4">
      <div>
        <Link href={`/jobs/${id}`} className="text-sm text-ink-soft hover:text-ink hover:underline">
          ← {job.name}
        </Link>
        <h1 className="mt-1 text-2xl font-semibold">Try the model</h1>
      </div>
      {job.state !== 'succeeded' && (
        <Notice tone="idle">A job answers once it has succeeded; this one is {job.state}.</Notice>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="space-y-4">
          {grey !== undefined && (
            <Card title="Draw">
              <div className="px-4 pb-4">
                <Paper onDraw={draw} />
              </div>
            </Card>
          )}
          <RowsCard job={job} onAsk={mutate} busy={ask.isPending} />
        </div>
        <div className="space-y-4">
          {ask.error !== null && <FailureNotice error={ask.error} />}
          {ask.data !== undefined && <Answer rows={guessesOf(ask.data)} outputs={ask.data.outputs} />}
        </div>
      </div>
    </div>
  );
}

interface RowsCardProps {
  readonly job: Job;
  readonly onAsk: (inputs: Rows) => void;
  readonly busy: boolean;
}

function RowsCard({ job, onAsk, busy }: RowsCardProps) {
  const [text, setText] = useState(() => JSON.stringify(exampleOf(job), null, 1));
  const [mistake, setMistake] = useState<string>();
  function ask() {
    try {
      onAsk(JSON.parse(text) as Rows);
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

type Shapes = Record<string, { readonly shape?: readonly number[] }>;

/** Name, height and width of the one input, where it is a grey image. */
function greyImageOf({ request }: Job): [string, number, number] | undefined {
  const inputs = Object.entries((request.model.inputs ?? {}) as Shapes);
  const [only] = inputs;
  if (only === undefined || inputs.length > 1) return undefined;
  const [height, width, channels] = only[1].shape ?? [];
  return channels === 1 && height !== undefined && width !== undefined ? [only[0], height, width] : undefined;
}

/** A row of zeros of the right shape. */
function exampleOf({ request }: Job): Rows {
  const zeros = ([size, ...rest]: readonly number[]): unknown =>
    size === undefined ? 0 : Array.from({ length: Math.min(size, 64) }, () => zeros(rest));
  return Object.fromEntries(
    Object.entries((request.model.inputs ?? {}) as Shapes).map(([name, { shape = [] }]) => [
      name,
      [zeros(shape)],
    ]),
  );
}
