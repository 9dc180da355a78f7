import { renderShape, type ValueName } from '@descent/autodiff';
import { formatPath } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { Draft } from './draft.ts';
import { toAsWritten } from './feature.ts';
import { losses } from './losses/index.ts';
import type { LabelType } from './losses/loss.ts';
import { metrics } from './metrics/index.ts';
import type { Element } from './wiring.ts';

/** The labels of a model, as an input that the data set feeds. */
export interface LabelInput extends LabelType {
  readonly name: string;
}

/**
 * Adds what the mode is for. Training and evaluation: outputs `loss` and `metric/<name>`, each a sum over samples.
 * Inference: `prediction` and, for the cross-entropies, `probabilities`; no labels.
 */
export function addObjective(draft: Draft): LabelInput {
  const { graph, mode, wiring } = draft;
  const { spec, at } = wiring;
  const loss = losses[spec.loss.type];
  refuseOwnLink(draft);
  const prediction = predictionValue(draft);
  const sample = graph.type(prediction).shape.slice(1) as readonly number[];
  const labelType = loss.labels(sample);
  if (labelType === undefined) {
    const path = formatPath([...at, 'loss']);
    const problem = `${spec.loss.type} does not take the prediction "${wiring.prediction}"`;
    throw lossInvalid(path, wiring.prediction, problem, loss.takes, renderShape(sample));
  }
  const label = declaredLabel(draft, labelType);

  if (mode === 'inference') {
    graph.output('prediction', prediction);
    if (loss.link !== undefined) graph.output('probabilities', linked(draft, prediction, loss.link));
    return label;
  }
  const labels = labelValue(draft, label, labelType, sample);
  graph.output(
    'loss',
    graph.inScope('loss', () => loss.sum(graph, prediction, labels)),
  );
  spec.metrics?.forEach((name, index) => {
    const rule = metrics[name].sums[spec.loss.type];
    const path = formatPath([...at, 'metrics', index]);
    if (rule === undefined) {
      throw new DescentError('SPEC_METRIC_INVALID', { path, metric: name, loss: spec.loss.type });
    }
    const earlier = spec.metrics?.indexOf(name) ?? index;
    if (earlier !== index) {
      const other = formatPath([...at, 'metrics', earlier]);
      throw new DescentError('SPEC_DUPLICATE_NAME', { path, name, other });
    }
    const output = `metric/${name}`;
    graph.output(
      output,
      graph.inScope(output, () => rule(graph, prediction, labels)),
    );
  });
  return label;
}

function predictionValue({ graph, features, wiring }: Draft): ValueName {
  const { value } = toAsWritten(graph, features.get(wiring.prediction)!);
  const { dtype, shape } = graph.type(value);
  const [batch, ...sample] = shape;
  if (dtype === 'float32' && batch === 'batch' && sample.every((dim) => typeof dim === 'number'))
    return value;
  const problem = `"${wiring.prediction}" is no prediction`;
  const path = formatPath([...wiring.at, 'loss']);
  throw lossInvalid(
    path,
    wiring.prediction,
    problem,
    'float32 [batch, ...]',
    `${dtype} ${renderShape(shape)}`,
  );
}

function linked({ graph }: Draft, prediction: ValueName, link: 'softmax' | 'sigmoid'): ValueName {
  return link === 'softmax'
    ? graph.add('Softmax', [prediction], { axis: -1 }, 'probabilities/softmax')
    : graph.add('Sigmoid', [prediction], {}, 'probabilities/sigmoid');
}

/** What the spec says of the labels when it lists them among its inputs, held against what the loss takes. */
function declaredLabel({ wiring }: Draft, expected: LabelType): LabelInput {
  const { spec, at } = wiring;
  const name = spec.loss.labels;
  if (!Object.hasOwn(spec.inputs, name)) return { ...expected, name };
  const { shape, dtype = 'float32' } = spec.inputs[name]!;
  const sameShape = shape.join() === expected.shape.join();
  const oneNumber = elementCount(shape) === 1 && elementCount(expected.shape) === 1;
  if (dtype === expected.dtype && (sameShape || oneNumber)) return { ...expected, name, shape };
  throw lossInvalid(
    formatPath([...at, 'inputs', name]),
    name,
    `${spec.loss.type} does not take the labels "${name}"`,
    `${expected.dtype} ${renderShape(expected.shape)}`,
    `${dtype} ${renderShape(shape)}`,
  );
}

/** The labels in the shape that the loss computes with; a feature that is its own label (an autoencoder's) is reused. */
function labelValue(
  { graph, features }: Draft,
  label: LabelInput,
  expected: LabelType,
  prediction: readonly number[],
): ValueName {
  const known = features.get(label.name)?.value;
  const value = known ?? graph.input(label.name, { dtype: label.dtype, shape: ['batch', ...label.shape] });
  const wanted = expected.dtype === 'int32' ? expected.shape : prediction;
  if (label.shape.length === wanted.length) return value;
  return graph.inScope('loss', () => graph.add('Reshape', [value, graph.integers([-1, ...wanted])]));
}

/** A loss on logits that gets probabilities trains slowly and to a wrong place, without any error: so refuse it. */
function refuseOwnLink({ wiring }: Draft): void {
  const { spec, elements } = wiring;
  const { link } = losses[spec.loss.type];
  if (link === undefined) return;
  const byName = new Map(elements.map((element) => [element.name, element]));
  let element = byName.get(wiring.prediction);
  while (element !== undefined && passesThrough(element)) element = byName.get(element.inputs[0] ?? '');
  if (element === undefined || activationOf(element) !== link) return;
  throw new DescentError('SPEC_SOFTMAX_TWICE', {
    layer: element.name,
    path: element.path,
    activation: link,
    loss: spec.loss.type,
  });
}

function passesThrough(element: Element): boolean {
  const name = element.kind === 'layer' ? element.spec.type : element.spec.op.toLowerCase();
  return ['flatten', 'reshape', 'dropout', 'identity'].includes(name);
}

function activationOf({ kind, spec }: Element): string | undefined {
  if (kind === 'node') return spec.op.toLowerCase();
  return 'activation' in spec ? spec.activation : undefined;
}

function lossInvalid(
  path: string,
  layer: string,
  problem: string,
  expected: string,
  actual: string,
): DescentError {
  return new DescentError('SPEC_LOSS_INVALID', { path, layer, problem, expected, actual });
}
