import type {
  Checkpoint,
  CheckpointChoice,
  DatasetManifest,
  ExplainJobRequest,
  Explanation,
  JobCreate,
} from '@descent/contracts';
import { type ArtifactSource, bindInputs } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { type CompiledModel, compileModel, initializeParameters } from '@descent/models';
import { type Tensor, tensor } from '@descent/tensors';
import { bestCheckpoint } from '../jobs/best-checkpoint.ts';
import { countRows, type GivenRows, readColumns } from '../predict/read-rows.ts';
import { explainModel, inputsNeeded } from './explain-model.ts';
import { loadSamples } from './load-samples.ts';
import { decodeParameters } from './read-parameters.ts';

/** What a thread needs to know of a job. */
export interface JobToExplain {
  readonly jobId: string;
  readonly request: JobCreate;
  readonly manifest: DatasetManifest;
  readonly seed: number;
  /** Newest first. */
  readonly checkpoints: readonly Checkpoint[];
  /** Of a job that succeeded. */
  readonly weights: { readonly hash: string; readonly step: number } | null;
}

/**
 * Explains a job at one of its checkpoints, on samples of its data set or on given rows.
 * @throws DescentError CHECKPOINT_NOT_FOUND, REQUEST_INVALID, and what `explainModel` throws
 */
export async function explainJob(
  job: JobToExplain,
  request: ExplainJobRequest,
  files: ArtifactSource,
): Promise<Explanation> {
  const { seed } = job;
  const model = compileModel(job.request.model);
  const { step, parameters } = await parametersAt(job, model, request.checkpoint ?? 'latest', files);
  const needed = inputsNeeded(model, request.of);
  const inputs = await inputsOf(model, needed, job, request, files);
  const rows = [...inputs.values()][0]?.shape[0] ?? 1;
  const { of, nodes, check } = request;
  return explainModel(model, {
    ...(of === undefined ? {} : { of }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(check === undefined ? {} : { check }),
    parameters,
    inputs,
    rows,
    seed,
    step,
  });
}

async function inputsOf(
  model: CompiledModel,
  names: readonly string[],
  { request: { data }, manifest }: JobToExplain,
  { samples, inputs: given }: ExplainJobRequest,
  source: ArtifactSource,
): Promise<ReadonlyMap<string, Tensor>> {
  const bindings = bindInputs(data, manifest, model.inputs).filter(({ input }) => names.includes(input));
  if (given === undefined) {
    const { split = data.train ?? 'train', indices = [0] } = samples ?? {};
    return loadSamples({ split, indices }, bindings, manifest, source);
  }
  if (samples !== undefined) {
    throw new DescentError('REQUEST_INVALID', {
      path: 'inputs',
      problem: 'stands beside `samples`; give one of them',
    });
  }
  const known = withoutUnneeded(given, model, names);
  const count = countRows(known, names);
  return new Map(
    bindings.map((binding) => {
      const { values } = readColumns(known, binding, manifest);
      const shape = [count, ...binding.shape];
      return [
        binding.input,
        values instanceof Int32Array ? tensor('int32', shape, values) : tensor('float32', shape, values),
      ];
    }),
  );
}

/** Labels may be given although only the loss needs them. */
export function withoutUnneeded(
  given: GivenRows,
  model: CompiledModel,
  needed: readonly string[],
): GivenRows {
  const spare = model.inputs.map(({ name }) => name).filter((name) => !needed.includes(name));
  return Object.fromEntries(Object.entries(given).filter(([name]) => !spare.includes(name)));
}

async function parametersAt(
  job: JobToExplain,
  model: CompiledModel,
  choice: CheckpointChoice,
  files: ArtifactSource,
): Promise<{ readonly step: number; readonly parameters: Float32Array }> {
  const initial = () => ({ step: 0, parameters: initializeParameters(model.layout, job.seed) });
  const read = async (hash: string, step: number, prefix: '' | 'parameters/') => {
    const file = await files.get(hash);
    return { step, parameters: decodeParameters(model.layout, file, prefix) };
  };
  const { weights, checkpoints } = job;
  if (choice === 'initial' || choice === 0) return initial();
  if (choice === 'latest') {
    if (weights !== null) return read(weights.hash, weights.step, '');
    const [newest] = checkpoints;
    // A job that has not come to a checkpoint yet is still near where it started.
    return newest === undefined ? initial() : read(newest.hash, newest.step, 'parameters/');
  }
  if (choice === weights?.step) return read(weights.hash, weights.step, '');
  const found =
    choice === 'best' ? bestCheckpoint(checkpoints) : checkpoints.find(({ step }) => step === choice);
  if (found === undefined) {
    const checkpoint = choice === 'best' ? 'with validation scores' : `of step ${choice}`;
    throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId: job.jobId, checkpoint });
  }
  return read(found.hash, found.step, 'parameters/');
}
