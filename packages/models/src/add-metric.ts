import { elementCountOf } from '@descent/autodiff';
import {
  formatPath,
  type LossSpec,
  type MetricSettings,
  type MetricSpec,
  metricLabel,
  metricSettings,
  nearestName,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Draft } from './draft.ts';
import type { LossInputs } from './losses/loss.ts';
import { metrics } from './metrics/index.ts';
import type { Metric } from './metrics/metric.ts';
import type { CompiledMetric } from './metrics/scores.ts';
import type { JudgedLoss } from './objective.ts';

/** Adds the output `metric/<name>` of one metric: of the loss that it names, else of the first. */
export function addMetric(
  { graph, wiring }: Draft,
  metric: MetricSpec,
  index: number,
  judged: readonly JudgedLoss[],
  inputs: ReadonlyMap<string, LossInputs<LossSpec>>,
): CompiledMetric {
  const settings = metricSettings(metric);
  const path = formatPath([...wiring.at, 'metrics', index]);
  const refuse = (problem: string, loss: string) =>
    new DescentError('SPEC_METRIC_INVALID', { path, problem, metric: settings.type, loss });
  const names = judged.map(({ name }) => name);
  const loss = settings.loss === undefined ? judged[0] : judged.find(({ name }) => name === settings.loss);
  if (loss === undefined) {
    const near = nearestName(settings.loss!, names);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    throw refuse(`there is no loss "${settings.loss}"${hint}`, names.join(', '));
  }
  const { type } = loss.wired.spec;
  const invalid = (problem: string) => refuse(`${settings.type}: ${problem}`, type);
  const rule = metrics[settings.type] as Metric<MetricSettings>;
  const name = metricLabel(metric);
  const sums = graph.inScope(`metric/${name}`, () => {
    const view = loss.rule.view?.(inputs.get(loss.name)!);
    return view && rule.sums({ graph, settings, view, invalid });
  });
  if (sums === undefined) throw refuse(`${settings.type} does not go with the loss ${type}`, type);
  graph.output(`metric/${name}`, sums);
  const labels = loss.label?.name;
  return {
    name,
    sums: elementCountOf(graph.type(sums).shape).coefficient,
    settings,
    ...(labels === undefined ? {} : { labels }),
  };
}
