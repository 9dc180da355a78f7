import 'uplot/dist/uPlot.min.css';
import { isEnded, type Job, type JobLayers } from '@descent/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { createLinePlot, type LinePlot } from '../curves/line-plot.ts';
import { formatCompact, formatReal } from '../format/number.ts';
import { useClient } from '../session/session.ts';
import { subscribeToTheme } from '../theme/theme.ts';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { useView } from '../ui/use-view.ts';
import { HistogramCard } from './histogram-card.tsx';

const pollMs = 3000;

const measures = ['gradient', 'parameter', 'updateRatio'] as const;
type Measure = (typeof measures)[number];
const words: Record<Measure, string> = {
  gradient: 'gradient norm',
  parameter: 'weight norm',
  updateRatio: 'update ÷ weight',
};

/** How every parameter moves over time; many as there are, their colours go once round the circle. */
export default function LayerCurves({ job }: { readonly job: Job }) {
  const client = useClient();
  const { data, error } = useQuery({
    queryKey: ['job', job.id, 'layers'],
    queryFn: ({ signal }) => client.jobs.layers(job.id, { signal }),
    refetchInterval: isEnded(job.state) ? false : pollMs,
  });
  const [view, change] = useView();
  const measure = measures.find((name) => name === view.get('measure')) ?? 'gradient';
  const only = view.get('parameter');

  if (error !== null) return <FailureNotice error={error} />;
  if (data === undefined || data.steps.length === 0) {
    return (
      <Card title="Layers over time">
        <p className="px-4 pb-4 text-ink-faint">
          {data === undefined ? 'Loading…' : 'The curves begin with the first step.'}
        </p>
      </Card>
    );
  }
  return (
    <>
      <Card
        title="Layers over time"
        aside={
          <Choice
            label="show"
            value={measure}
            options={measures}
            words={words}
            onChange={(next) => change({ measure: next === 'gradient' ? '' : next })}
          />
        }
      >
        <LayerChart
          layers={data}
          measure={measure}
          only={only}
          onOnly={(parameter) => change({ parameter })}
        />
      </Card>
      <HistogramCard layers={data} chosen={only} />
    </>
  );
}

interface LayerChartProps {
  readonly layers: JobLayers;
  readonly measure: Measure;
  /** The one parameter that is shown; null: all of them. */
  readonly only: string | null;
  readonly onOnly: (parameter: string | null) => void;
}

function LayerChart({ layers, measure, only, onOnly }: LayerChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const live = useRef<LinePlot>(null);
  const [row, setRow] = useState<number | null>(null);
  const count = layers.parameters.length;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot = createLinePlot(element, {
      lines: Array.from({ length: count }, (_, place) => ({ colour: parameterColour(place, count) })),
      logarithmic: true,
      formatY: (value) => (Number.isInteger(Math.log10(value)) ? formatPower(value) : ''),
      onRow: setRow,
    });
    live.current = plot;
    const unsubscribe = subscribeToTheme(plot.recolour);
    const observer = new ResizeObserver(() => plot.resize(element.clientWidth, element.clientHeight));
    observer.observe(element);
    return () => {
      live.current = null;
      unsubscribe();
      observer.disconnect();
      plot.destroy();
    };
  }, [count]);

  useEffect(() => {
    // A logarithmic axis has no place for zero.
    const positive = (value: number | null) => (value === null || value <= 0 ? null : value);
    live.current?.update([
      [...layers.steps],
      ...layers.parameters.map((parameter) =>
        only === null || only === parameter.name
          ? parameter[measure].map(positive)
          : layers.steps.map(() => null),
      ),
    ]);
  }, [layers, measure, only]);

  const at = row ?? layers.steps.length - 1;
  return (
    <div className="grid gap-x-4 px-4 pb-3 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div
        ref={host}
        role="img"
        aria-label={`${words[measure]} of each parameter by step`}
        className="h-72 w-full overflow-hidden"
      />
      <div>
        <p className="text-sm text-ink-faint tabular-nums">
          after step {layers.steps[at]}, epoch {layers.epochs[at]?.toFixed(2)}
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by the keyboard */}
        <ul className="max-h-64 overflow-y-auto text-sm" tabIndex={0} aria-label="Parameters">
          {layers.parameters.map((parameter, place) => (
            <li key={parameter.name}>
              <button
                type="button"
                aria-pressed={only === parameter.name}
                onClick={() => onOnly(only === parameter.name ? null : parameter.name)}
                className={`flex w-full items-center gap-2 rounded px-1 py-0.5 text-left hover:bg-sunken ${only === null || only === parameter.name ? '' : 'text-ink-faint'}`}
              >
                <i
                  aria-hidden="true"
                  className="h-0.5 w-4 shrink-0"
                  style={{ background: parameterColour(place, count) }}
                />
                <span className="min-w-0 flex-1 truncate" title={parameter.name}>
                  {parameter.name}
                </span>
                <span className="tabular-nums">{show(parameter[measure][at])}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function show(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatReal(value);
}

/** Equal lightness, hues round the circle: neighbours in the model are neighbours in colour. */
function parameterColour(place: number, count: number): string {
  const hue = Math.round((360 * place) / count + 260) % 360;
  return `light-dark(oklch(0.52 0.16 ${hue}), oklch(0.78 0.13 ${hue}))`;
}

function formatPower(value: number): string {
  return value >= 0.01 && value < 10_000 ? formatCompact(value) : value.toExponential(0);
}
