import type { Graph } from '@descent/autodiff';
import { type FieldPath, formatPath, type ModelSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { checkCheckpointing } from './checkpointing.ts';
import { countElements } from './count-elements.ts';
import type { RandomInput } from './draft.ts';
import type { LabelInput } from './labels.ts';
import type { Mode } from './layers/layer.ts';
import { defaultLimits, type ModelLimits } from './limits.ts';
import { type LayerOutline, lower } from './lowering.ts';
import type { CompiledMetric } from './metrics/scores.ts';
import { isState, layOut, type ParameterEntry, type ParameterLayout } from './parameter-layout.ts';
import { resolveWiring } from './wiring.ts';

/** What the data set feeds under `name`: [batch, ...shape]. */
export interface ModelInput {
  readonly name: string;
  readonly role: 'feature' | 'label';
  readonly dtype: 'float32' | 'int32';
  /** Of one sample, as in the spec: images are channels-last. */
  readonly shape: readonly number[];
  /** Of class codes and symbols: they must lie in 0 … classes − 1. */
  readonly classes?: number;
  /** A label besides them that marks what does not count. */
  readonly ignored?: number;
}

/** A model spec as computation graphs. Plain data, a function of the spec alone. */
export interface CompiledModel {
  readonly spec: ModelSpec;
  /** What layers and nodes read in the order of the spec, then the labels that are none of it. */
  readonly inputs: readonly ModelInput[];
  /** In the order of the sums block. */
  readonly metrics: readonly CompiledMetric[];
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
  /** Accepts a model without trainable parameters, which can be explained but not trained. Default false. */
  readonly untrained?: boolean;
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
  if (layout.trainableElements === 0 && options.untrained !== true) {
    const problem = 'has no trainable parameter, so there is nothing to train';
    throw new DescentError('SPEC_EMPTY', { path: formatPath(at), problem });
  }
  const graphFor = (mode: Mode) => inLayoutOrder(lower(wiring, mode, limits).graph, layout);
  const read = wiring.inputs.map((name): ModelInput => {
    const { shape, dtype = 'float32' } = spec.inputs[name]!;
    const classes = training.codes.get(name);
    const role = wiring.features.includes(name) ? 'feature' : 'label';
    return { name, role, dtype, shape, ...(classes === undefined ? {} : { classes }) };
  });
  checkCheckpointing(spec, training.layers, at);
  const labels = training.labels.filter(({ name }) => !wiring.inputs.includes(name));
  return {
    spec,
    inputs: [...read, ...labels.map(labelInput)],
    metrics: training.metrics,
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
  const actual = countElements(spec, at);
  if (actual <= limits.nodes) return;
  throw new DescentError('SPEC_TOO_LARGE', {
    path: formatPath(at),
    what: 'the number of layers and nodes',
    actual,
    limit: limits.nodes,
  });
}

function labelInput({ name, dtype, shape, classes, ignored }: LabelInput): ModelInput {
  return {
    name,
    role: 'label',
    dtype,
    shape,
    ...(classes === undefined ? {} : { classes }),
    ...(ignored === undefined ? {} : { ignored }),
  };
}

function inLayoutOrder(graph: Graph, layout: ParameterLayout): Graph {
  const named = (entries: readonly ParameterEntry[]) => entries.map(({ name }) => name);
  return {
    ...graph,
    parameters: named(layout.entries.filter((entry) => !isState(entry))),
    states: named(layout.entries.filter(isState)),
  };
}
