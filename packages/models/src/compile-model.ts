import type { Graph } from '@descent/autodiff';
import { type FieldPath, formatPath, type MetricName, type ModelSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { RandomInput } from './draft.ts';
import type { Mode } from './layers/layer.ts';
import { defaultLimits, type ModelLimits } from './limits.ts';
import { type LayerOutline, lower } from './lowering.ts';
import { isState, layOut, type ParameterEntry, type ParameterLayout } from './parameter-layout.ts';
import { resolveWiring } from './wiring.ts';

/** What the data set feeds under `name`: [batch, ...shape]. */
export interface ModelInput {
  readonly name: string;
  readonly role: 'feature' | 'label';
  readonly dtype: 'float32' | 'int32';
  /** Of one sample, as in the spec: images are channels-last. */
  readonly shape: readonly number[];
  /** Of labels that are class codes: they must lie in 0 … classes − 1. */
  readonly classes?: number;
}

/** A model spec as computation graphs. Plain data, a function of the spec alone. */
export interface CompiledModel {
  readonly spec: ModelSpec;
  /** Features in the order of the spec, then the labels (unless they are one of the features). */
  readonly inputs: readonly ModelInput[];
  /** Metrics in the order of the sums block. */
  readonly metrics: readonly MetricName[];
  readonly layout: ParameterLayout;
  /** Further inputs of the training graph. */
  readonly randomInputs: readonly RandomInput[];
  readonly layers: readonly LayerOutline[];
  /** Forward graphs as lowered; see `trainingGraph`, `evaluationGraph` and `inferenceGraph` for those to run. */
  readonly forward: Readonly<Record<Mode, Graph>>;
}

export interface CompileOptions {
  readonly limits?: Partial<ModelLimits>;
  /** Where the spec stands in what the user sent, for the paths of errors. Default `model`. */
  readonly at?: FieldPath;
}

/**
 * Compiles a spec that `validate(ModelSpec, …)` has passed. Nothing of the size of a parameter is allocated.
 *
 * @throws DescentError SPEC_… with the path of the field and the name of the layer
 */
export function compileModel(spec: ModelSpec, options: CompileOptions = {}): CompiledModel {
  const limits = { ...defaultLimits, ...options.limits };
  const at = options.at ?? ['model'];
  refuseManyElements(spec, at, limits);
  const wiring = resolveWiring(spec, at);
  const training = lower(wiring, 'training', limits);
  const layout = layOut(training.parameters);
  if (layout.trainableElements === 0) {
    const problem = 'has no trainable parameter, so there is nothing to train';
    throw new DescentError('SPEC_EMPTY', { path: formatPath(at), problem });
  }
  const graphFor = (mode: Mode) => inLayoutOrder(lower(wiring, mode, limits).graph, layout);
  const features = wiring.features.map((name): ModelInput => {
    const { shape, dtype = 'float32' } = spec.inputs[name]!;
    return { name, role: 'feature', dtype, shape };
  });
  const { label } = training;
  return {
    spec,
    inputs: wiring.features.includes(label.name) ? features : [...features, { ...label, role: 'label' }],
    metrics: spec.metrics ?? [],
    layout,
    randomInputs: training.randomInputs,
    layers: training.layers,
    forward: {
      training: inLayoutOrder(training.graph, layout),
      evaluation: graphFor('evaluation'),
      inference: graphFor('inference'),
    },
  };
}

function refuseManyElements(spec: ModelSpec, at: FieldPath, limits: ModelLimits): void {
  const actual = (spec.layers ?? []).length + (spec.nodes ?? []).length;
  if (actual <= limits.nodes) return;
  throw new DescentError('SPEC_TOO_LARGE', {
    path: formatPath(at),
    what: 'the number of layers and nodes',
    actual,
    limit: limits.nodes,
  });
}

function inLayoutOrder(graph: Graph, layout: ParameterLayout): Graph {
  const named = (entries: readonly ParameterEntry[]) => entries.map(({ name }) => name);
  return {
    ...graph,
    parameters: named(layout.entries.filter((entry) => !isState(entry))),
    states: named(layout.entries.filter(isState)),
  };
}
