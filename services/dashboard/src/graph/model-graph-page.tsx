import type { ExplainModelRequest } from '@descent/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import linearClassifier from '../../../../examples/lecture/linear-classifier.json';
import multiplyGate from '../../../../examples/lecture/multiply-gate.json';
import recurrentCell from '../../../../examples/lecture/recurrent-cell.json';
import twoLayerNetwork from '../../../../examples/lecture/two-layer-network.json';
import { useClient } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Notice } from '../ui/notice.tsx';
import { GraphView } from './graph-view.tsx';

const examples = {
  'a product': multiplyGate,
  'linear classifier': linearClassifier,
  'two-layer network': twoLayerNetwork,
  'recurrent cell': recurrentCell,
} as Record<string, unknown>;

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** A model that no job trains: its graph, and the numbers that flow through it, from a spec alone. */
export default function ModelGraphPage() {
  const client = useClient();
  const [text, setText] = useState(() => pretty(linearClassifier));
  const [asked, setAsked] = useState<ExplainModelRequest>(linearClassifier as unknown as ExplainModelRequest);
  const [mistake, setMistake] = useState<string>();

  useEffect(() => {
    document.title = 'Graph of a model · Descent';
  }, []);

  const graph = useQuery({
    queryKey: ['model', 'graph', asked],
    queryFn: ({ signal }) =>
      client.models.graph(
        { model: asked.model, kind: asked.of === undefined ? 'training' : 'inference' },
        { signal },
      ),
    retry: false,
  });
  const explanation = useQuery({
    queryKey: ['model', 'explain', asked],
    queryFn: ({ signal }) => client.models.explain(asked, { signal }),
    enabled: asked.inputs !== undefined,
    retry: false,
  });

  function show(source: string) {
    setText(source);
    try {
      const given = JSON.parse(source);
      // A whole job, or a model alone, shows its graph; numbers flow once `inputs` has rows.
      setAsked('model' in given ? given : { model: given });
      setMistake(undefined);
    } catch (error) {
      setMistake(`This is not JSON: ${error instanceof Error ? error.message : error}`);
    }
  }

  const error = graph.error ?? explanation.error;
  return (
    <div className="space-y-3">
      <div>
        <h1 className="text-2xl font-semibold">Graph of a model</h1>
        <p className="mt-1 text-ink-soft">
          A spec, the numbers that go in, and every value and gradient that comes of them. Nothing is trained.
        </p>
      </div>
      <details
        className="rounded-xl border border-line bg-surface p-4"
        open={error !== null || mistake !== undefined}
      >
        <summary className="font-medium">Model and numbers</summary>
        <div className="mt-3 space-y-3">
          <div className="flex flex-wrap gap-2">
            {Object.entries(examples).map(([name, example]) => (
              <Button key={name} onClick={() => show(pretty(example))}>
                {name}
              </Button>
            ))}
          </div>
          <textarea
            aria-label="Model spec and inputs, in JSON"
            value={text}
            onChange={(event) => setText(event.target.value)}
            spellCheck={false}
            rows={16}
            className="w-full rounded-lg border border-line-strong bg-canvas p-3 font-mono text-sm"
          />
          <Button look="primary" onClick={() => show(text)}>
            Show
          </Button>
        </div>
      </details>
      {mistake !== undefined && <Notice tone="bad">{mistake}</Notice>}
      {error !== null && <FailureNotice error={error} />}
      {graph.data !== undefined && (
        <GraphView graph={graph.data} explanation={explanation.data} working={explanation.isFetching} />
      )}
    </div>
  );
}
