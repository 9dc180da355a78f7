import type { LossSpec, ModelReference, ModelSpec, StoredModel, TrainingPlan } from '@descent/contracts';
import { DescentError } from '@descent/errors';

export interface ResolvedModel {
  readonly spec: ModelSpec;
  readonly initialWeights: TrainingPlan['initialWeights'];
}

/**
 * An imported model as the spec of a job that needs nothing else.
 * @throws DescentError REQUEST_INVALID where a pattern of `trainable` matches no parameter
 */
export function resolveModel(
  { topology, weightsHash }: StoredModel,
  reference: ModelReference,
): ResolvedModel {
  const { prediction, ...parts } = topology;
  const { loss, metrics, checkpointing, trainable, weights = 'imported' } = reference;
  const spec: ModelSpec = {
    ...parts,
    ...(trainable === undefined ? {} : { parameters: chosen(topology.parameters ?? {}, trainable) }),
    loss: onPrediction(loss, prediction),
    ...(metrics === undefined ? {} : { metrics }),
    ...(checkpointing === undefined ? {} : { checkpointing }),
  };
  if (weightsHash === null) return { spec, initialWeights: undefined };
  return { spec, initialWeights: { hash: weightsHash, of: weights === 'imported' ? 'all' : 'frozen' } };
}

/** Losses read the model's prediction unless they say otherwise; those on embeddings always do. */
function onPrediction(loss: ModelSpec['loss'], prediction: string): ModelSpec['loss'] {
  const complete = (one: LossSpec): LossSpec => ('embeddings' in one ? one : { prediction, ...one });
  return Array.isArray(loss) ? loss.map(complete) : complete(loss);
}

type Parameters = NonNullable<ModelSpec['parameters']>;

function chosen(parameters: Parameters, patterns: readonly string[]): Parameters {
  const matchers = patterns.map(
    (pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 'u'),
  );
  matchers.forEach((matcher, index) => {
    if (Object.keys(parameters).some((name) => matcher.test(name))) return;
    throw new DescentError('REQUEST_INVALID', {
      path: `model.trainable[${index}]`,
      problem: `no parameter of the model matches "${patterns[index]}"`,
    });
  });
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const trainable = parameter.trainable !== false && matchers.some((matcher) => matcher.test(name));
      return [name, trainable ? parameter : { ...parameter, trainable: false }];
    }),
  );
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
