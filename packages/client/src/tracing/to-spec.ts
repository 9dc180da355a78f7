import type { LayerSpec, LossType, ModelSpec, NodeSpec, Objective } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Recording } from './recording.ts';
import type { Traced } from './traced.ts';

/** The loss of the spec, with the prediction by name. */
export function lossOf(
  { loss, labels }: { readonly loss: LossType | Objective; readonly labels?: string },
  prediction: Traced,
): Objective {
  if (typeof loss !== 'string') return loss;
  if (labels === undefined) {
    throw new DescentError('TRACE_INVALID', {
      problem: `loss "${loss}" needs \`labels\`, the name of what it compares the prediction with`,
    });
  }
  return { type: loss, labels, prediction: prediction.name } as Objective;
}

/** What the prediction and the loss depend on, as a spec. Results that nothing uses are left out. */
export function specOf(
  recording: Recording,
  rest: Pick<ModelSpec, 'inputs' | 'loss' | 'metrics'>,
  prediction: Traced,
): ModelSpec {
  const used = usedBy(recording, [prediction, ...namedIn(recording, rest.loss)]);
  const results = recording.results.filter((value) => used.has(value));
  const layers = results.flatMap((value) => layerSpec(value));
  const nodes = results.flatMap((value) => nodeSpec(value));
  const parameters = [...recording.parameterValues].map(([name, { shape }]) => {
    return [name, { shape: numbersOf(shape), ...recording.parameters.get(name) }] as const;
  });
  const states = [...recording.states].map(([name, { shape, ...options }]) => {
    const copied = [...shape];
    return [name, { ...options, shape: copied }] as const;
  });
  const names = new Set([...used].map(({ name }) => name));
  const constants = [...recording.constants]
    .filter(([name]) => names.has(name))
    .map(([name, { shape, values, dtype }]) => {
      const data = { shape: [...shape], values: [...values] };
      return [name, dtype === 'float32' ? data : { ...data, dtype }] as const;
    });
  return {
    inputs: rest.inputs,
    ...(layers.length === 0 ? {} : { layers }),
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    ...(states.length === 0 ? {} : { states: Object.fromEntries(states) }),
    ...(constants.length === 0 ? {} : { constants: Object.fromEntries(constants) }),
    ...(nodes.length === 0 ? {} : { nodes }),
    loss: rest.loss,
    ...(rest.metrics === undefined ? {} : { metrics: rest.metrics }),
  };
}

/** Results that a loss with several predictions refers to by name. */
function namedIn(recording: Recording, loss: Objective): readonly Traced[] {
  const mentioned = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    else mentioned.add(value);
  };
  walk(loss);
  return recording.results.filter(({ name }) => mentioned.has(name));
}

function usedBy(recording: Recording, roots: readonly Traced[]): ReadonlySet<Traced> {
  const used = new Set<Traced>();
  const use = (value: Traced): void => {
    used.add(value);
    if (value.source.kind === 'output') used.add(value.source.of);
  };
  roots.forEach(use);
  for (const value of recording.results.toReversed()) {
    if (!used.has(value) || !('inputs' in value.source)) continue;
    for (const input of value.source.inputs) if (input !== undefined) use(input);
  }
  return used;
}

function nodeSpec({ name, source }: Traced): NodeSpec[] {
  if (source.kind !== 'node') return [];
  const { op, attributes, outputs } = source;
  const inputs = source.inputs.map((input) => input?.name ?? '');
  const copied = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'object' ? [...value] : value,
  ]);
  return [
    {
      op,
      name,
      inputs,
      ...(copied.length === 0 ? {} : { attributes: Object.fromEntries(copied) }),
      ...(outputs === 1 ? {} : { outputs }),
    },
  ];
}

function layerSpec({ name, source }: Traced): LayerSpec[] {
  if (source.kind !== 'layer') return [];
  return [{ ...source.spec, name, inputs: source.inputs.map((input) => input.name) } as LayerSpec];
}

function numbersOf(shape: Traced['shape']): number[] {
  return (shape ?? []).filter((dim) => typeof dim === 'number');
}
