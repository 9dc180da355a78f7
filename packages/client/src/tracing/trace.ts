import type { LossType, ModelSpec, Objective } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { Recording } from './recording.ts';
import { lossOf, specOf } from './to-spec.ts';
import { type Traced, TracedValue } from './traced.ts';
import { createTracer, type Tracer } from './tracer.ts';

/** Shape of one sample, without the batch axis; float32 unless it says otherwise. */
export type TracedInput =
  | readonly number[]
  | { readonly shape: readonly number[]; readonly dtype?: 'float32' | 'int32' };

export interface TraceOptions<Inputs extends Readonly<Record<string, TracedInput>>> {
  readonly inputs: Inputs;
  /** By type, with `labels`; or whole, as in the spec. */
  readonly loss: LossType | Objective;
  /** Name of the column or input that the loss compares with. */
  readonly labels?: string;
  readonly metrics?: ModelSpec['metrics'];
}

/**
 * Runs `forward` once on symbols and returns what it did as a model spec in graph form. Loops and conditions of the
 * function happen now: a loop of three rounds becomes three times the operations. Nothing of the function is sent.
 *
 * @throws DescentError GRAPH_SHAPE_MISMATCH at the line whose shapes do not fit, TRACE_INVALID
 */
export function trace<const Inputs extends Readonly<Record<string, TracedInput>>>(
  options: TraceOptions<Inputs>,
  forward: (t: Tracer, inputs: { readonly [Name in keyof Inputs]: Traced }) => Traced,
): ModelSpec {
  const recording = new Recording();
  const declared = Object.entries<TracedInput>(options.inputs).map(([name, given]) => {
    const { shape, dtype = 'float32' } = 'shape' in given ? given : { shape: given };
    return { name, shape: [...shape], dtype };
  });
  if (options.labels !== undefined) recording.reserve(options.labels);
  const symbols = declared.map(
    ({ name, shape, dtype }) => [name, recording.input(name, shape, dtype)] as const,
  );
  const prediction: unknown = forward(
    createTracer(recording),
    Object.fromEntries(symbols) as { readonly [Name in keyof Inputs]: Traced },
  );
  const result = resultOf(recording, prediction);
  const inputs = declared.map(({ name, shape, dtype }) => {
    return [name, dtype === 'float32' ? { shape } : { shape, dtype }] as const;
  });
  const rest = { inputs: Object.fromEntries(inputs), loss: lossOf(options, result) };
  return specOf(
    recording,
    options.metrics === undefined ? rest : { ...rest, metrics: options.metrics },
    result,
  );
}

function resultOf(recording: Recording, value: unknown): Traced {
  if (!(value instanceof TracedValue)) {
    const got = value instanceof Promise ? 'a promise (it must not be async)' : typeof value;
    throw new DescentError('TRACE_INVALID', {
      problem: `the forward function must return the prediction, a traced value; it returned ${got}`,
    });
  }
  const result = recording.own(value as Traced);
  if (['node', 'layer'].includes(result.source.kind)) return result;
  throw new DescentError('TRACE_INVALID', {
    problem: `the forward function returned "${result.name}" as it is; the prediction must be computed`,
  });
}
