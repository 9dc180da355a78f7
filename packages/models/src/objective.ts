import { elementCountOf, renderShape, type ValueName } from '@descent/autodiff';
import { formatPath, type LossSpec, lossLabel, lossName, metricLabel } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { addMetric } from './add-metric.ts';
import type { Draft } from './draft.ts';
import { toAsWritten } from './feature.ts';
import { createLabelInputs, type LabelInput, type LabelInputs, lossInvalid } from './labels.ts';
import { losses } from './losses/index.ts';
import type { LabelType, Loss, LossInputs } from './losses/loss.ts';
import type { CompiledMetric } from './metrics/scores.ts';
import { linkOf, refuseOwnLink } from './own-link.ts';
import { addPenalties } from './regularization.ts';
import type { WiredLoss } from './wiring.ts';

/** What a model is trained for. */
export interface ModelObjective {
  readonly labels: readonly LabelInput[];
  /** In the order of the sums block. */
  readonly metrics: readonly CompiledMetric[];
}

/** A loss whose values are in the graph, ready to be computed. */
export interface JudgedLoss {
  readonly name: string;
  readonly wired: WiredLoss;
  readonly rule: Loss<LossSpec>;
  readonly label: LabelInput | undefined;
  /** Adds the labels to the graph, which inference does without. */
  inputs(): LossInputs<LossSpec>;
}

/**
 * Adds what the mode is for. Training and evaluation: outputs `loss` and `metric/<name>`, each a sum over samples.
 * Inference: `prediction` and, for the cross-entropies, `probabilities`, `prediction/<loss>` of further losses; no labels.
 */
export function addObjective(draft: Draft): ModelObjective {
  const { graph, mode, wiring } = draft;
  const labels = createLabelInputs(draft);
  const judged = wiring.losses.map((wired) => judge(draft, wired, labels));
  refuseSameNames(draft, judged);
  if (mode === 'inference') {
    addAnswers(draft, judged);
    return { labels: labels.all, metrics: [] };
  }
  const several = judged.length > 1;
  const inputs = new Map(judged.map((loss) => [loss.name, loss.inputs()]));
  const sums = judged.map(({ name, rule }) =>
    graph.inScope(several ? `loss/${name}` : 'loss', () => rule.sum(inputs.get(name)!)),
  );
  const weighted = graph.inScope('loss', () =>
    sums.map((sum, index) => {
      const { weight = 1 } = judged[index]!.wired.spec;
      return weight === 1 ? sum : graph.add('Mul', [sum, graph.scalar(weight)]);
    }),
  );
  const total = graph.inScope('loss', () =>
    weighted.reduce((left, right) => graph.add('Add', [left, right])),
  );
  graph.output('loss', addPenalties(draft, total));
  const parts = several ? judged.map(({ name }, index) => partOf(draft, name, sums[index]!)) : [];
  const metrics = (wiring.spec.metrics ?? []).map((metric, index) =>
    addMetric(draft, metric, index, judged, inputs),
  );
  return { labels: labels.all, metrics: [...parts, ...metrics] };
}

/** One number per sample. */
const weightType: LabelType = { dtype: 'float32', shape: [] };

/** Reads what the loss is computed from and finds out what labels it takes. */
function judge(draft: Draft, wired: WiredLoss, labels: LabelInputs): JudgedLoss {
  const { graph, wiring } = draft;
  const { spec, path, reads } = wired;
  const rule = losses[spec.type] as Loss<LossSpec>;
  refuseOwnLink(wiring, wired);
  const values = reads.map((name) => sampleValue(draft, wired, name));
  const shapes = values.map((value) => graph.type(value).shape.slice(1) as readonly number[]);
  const invalid = (field: string, problem: string, expected: string, actual: string) =>
    lossInvalid(formatPath([...path, field]), reads[0]!, `${spec.type}: ${problem}`, expected, actual);
  const type = rule.labels({ spec, shapes, invalid });
  if (type === undefined) {
    const names = reads.map((name) => `"${name}"`).join(', ');
    const what = reads.length === 1 ? 'the prediction' : 'the embeddings';
    const problem = `${spec.type} does not take ${what} ${names}`;
    throw lossInvalid(
      formatPath(path),
      reads[0]!,
      problem,
      rule.takes,
      shapes.map(renderShape).join(' and '),
    );
  }
  draft.admitOperations(rule.operations?.(shapes) ?? 0, { name: spec.type, path: formatPath(path) });
  const label = type === 'none' || !('labels' in spec) ? undefined : labels.add(wired, spec.labels, type);
  const weights =
    'sampleWeights' in spec && spec.sampleWeights !== undefined
      ? labels.add(wired, spec.sampleWeights, weightType)
      : undefined;
  return {
    name: lossName(spec),
    wired,
    rule,
    label,
    inputs: () => ({
      graph,
      spec,
      shapes,
      values,
      labels: label === undefined || type === 'none' ? '' : labels.value(label, type),
      weights: weights && labels.value(weights, weightType),
    }),
  };
}

/** float32 [batch, ...shape] with the axes of the spec. */
function sampleValue({ graph, features }: Draft, { path }: WiredLoss, name: string): ValueName {
  const { value } = toAsWritten(graph, features.get(name)!);
  const { dtype, shape } = graph.type(value);
  const [batch, ...sample] = shape;
  if (dtype === 'float32' && batch === 'batch' && sample.every((dim) => typeof dim === 'number'))
    return value;
  const actual = `${dtype} ${renderShape(shape)}`;
  throw lossInvalid(formatPath(path), name, `"${name}" is no prediction`, 'float32 [batch, ...]', actual);
}

function addAnswers(draft: Draft, judged: readonly JudgedLoss[]): void {
  const { graph } = draft;
  const answered = new Set<string>();
  judged.forEach(({ name, wired }, index) => {
    const { spec, answer, reads } = wired;
    // Several losses on one prediction have one answer.
    if (answered.has(answer)) return;
    answered.add(answer);
    const value = sampleValue(draft, wired, answer);
    const ending = index === 0 ? '' : `/${name}`;
    graph.output(`prediction${ending}`, value);
    const link = linkOf(spec);
    if (link === undefined || answer !== reads[0]) return;
    const output = `probabilities${ending}`;
    if (link === 'softmax')
      graph.output(output, graph.add('Softmax', [value], { axis: -1 }, `${output}/softmax`));
    if (link === 'sigmoid') graph.output(output, graph.add('Sigmoid', [value], {}, `${output}/sigmoid`));
  });
}

/** Each of several losses has a curve of its own, without its weight. */
function partOf({ graph }: Draft, name: string, sum: ValueName): CompiledMetric {
  const label = lossLabel(name);
  graph.output(`metric/${label}`, sum);
  return { name: label, sums: elementCountOf(graph.type(sum).shape).coefficient, settings: undefined };
}

function refuseSameNames({ wiring: { spec, at } }: Draft, judged: readonly JudgedLoss[]): void {
  const owners = new Map<string, string>([['loss', 'the loss']]);
  const claim = (name: string, path: string) => {
    const other = owners.get(name);
    if (other !== undefined) throw new DescentError('SPEC_DUPLICATE_NAME', { path, name, other });
    owners.set(name, path);
  };
  if (judged.length > 1) {
    for (const { name, wired } of judged) claim(lossLabel(name), formatPath(wired.path));
  }
  spec.metrics?.forEach((metric, index) => {
    claim(metricLabel(metric), formatPath([...at, 'metrics', index]));
  });
}
