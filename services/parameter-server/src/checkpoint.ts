import { DescentError } from '@descent/errors';
import type { ParameterEntry, ParameterLayout } from '@descent/models';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensor } from '@descent/tensors';
import type { StartPoint } from './training-state.ts';

/**
 * A checkpoint is a safetensors file: `parameters/<name>` for all that the layout names and, per optimizer slot,
 * `slots/<slot>/<name>` for what is trained, all float32 in the shapes of the parameters; metadata `step`, `ledgerHash`, `graphHash`, `validation` and `unvouched` (JSON).
 * The data cursor and every random stream follow from `step` and the plan's seed.
 */
export function encodeCheckpoint(layout: ParameterLayout, graphHash: string, state: StartPoint): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const put = (prefix: string, entries: readonly ParameterEntry[], flat: Float32Array) => {
    for (const [name, value] of named(entries, flat)) tensors.set(`${prefix}/${name}`, value);
  };
  put('parameters', layout.entries, state.parameters);
  for (const [slot, flat] of state.slots ?? []) put(`slots/${slot}`, trainedEntries(layout), flat);
  const { version, values } = state.evaluated ?? {};
  return encodeSafetensors(tensors, {
    step: String(state.version),
    ledgerHash: state.ledgerHash,
    graphHash,
    ...(version === state.version ? { validation: JSON.stringify(values) } : {}),
    ...(state.unvouched?.size ? { unvouched: JSON.stringify(Object.fromEntries(state.unvouched)) } : {}),
  });
}

/** Throws CHECKPOINT_DAMAGED when the file is not a whole checkpoint of this graph at this step. */
export function decodeCheckpoint(
  layout: ParameterLayout,
  graphHash: string,
  expected: { readonly jobId: string; readonly step: number },
  file: Uint8Array,
): StartPoint {
  const damaged = (problem: string, cause?: unknown) =>
    new DescentError('CHECKPOINT_DAMAGED', { ...expected, problem }, { cause });
  let decoded: ReturnType<typeof decodeSafetensors>;
  try {
    decoded = decodeSafetensors(file);
  } catch (cause) {
    throw damaged('it is not a safetensors file', cause);
  }
  const { tensors, metadata } = decoded;
  if (metadata.graphHash !== graphHash) throw damaged('it belongs to another graph');
  if (metadata.step !== String(expected.step)) throw damaged(`it says step ${metadata.step}`);
  if (metadata.ledgerHash === undefined) throw damaged('it has no ledger hash');

  const flat = (prefix: string, entries: readonly ParameterEntry[], elements: number): Float32Array => {
    const target = new Float32Array(elements);
    for (const { name, offset, length } of entries) {
      const value = tensors.get(`${prefix}/${name}`);
      if (!(value?.data instanceof Float32Array) || value.data.length !== length) {
        throw damaged(`tensor ${prefix}/${name} is missing or has another size`);
      }
      target.set(value.data, offset);
    }
    return target;
  };
  const readJson = (what: string, text: string) => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw damaged(`its ${what} are not JSON`, cause);
    }
  };
  const { validation, unvouched } = metadata;
  const slotNames = new Set([...tensors.keys()].flatMap((key) => /^slots\/([^/]+)\//.exec(key)?.[1] ?? []));
  return {
    version: expected.step,
    ledgerHash: metadata.ledgerHash,
    evaluated:
      validation === undefined
        ? undefined
        : { version: expected.step, values: readJson('validation scores', validation) },
    ...(unvouched === undefined
      ? {}
      : { unvouched: new Map(Object.entries(readJson('steps without an audit', unvouched))) }),
    parameters: flat('parameters', layout.entries, layout.elements),
    slots: new Map(
      [...slotNames].map((slot) => [
        slot,
        flat(`slots/${slot}`, trainedEntries(layout), layout.trainableElements),
      ]),
    ),
  };
}

/** The weights alone, under the parameters' names. The SHA-256 of this file is the job's weights hash. */
export function encodeWeights(layout: ParameterLayout, parameters: Float32Array): Uint8Array {
  return encodeSafetensors(named(layout.entries, parameters));
}

function trainedEntries({ entries }: ParameterLayout): readonly ParameterEntry[] {
  return entries.filter(({ trainable }) => trainable);
}

function named(entries: readonly ParameterEntry[], flat: Float32Array): Map<string, Tensor> {
  return new Map(
    entries.map(({ name, shape, offset, length }) => [
      name,
      tensor('float32', shape, flat.subarray(offset, offset + length)),
    ]),
  );
}
