import { bindInputs, type FittedData, fitData, readsSamples } from '@descent/datasets';
import type { Context } from '../context.ts';
import { unwrap } from '../threads/answer.ts';
import type { FitTask } from '../threads/fit.thread.ts';

/** Completes the data settings of a job. Where samples have to be read for it, a thread reads them. */
export async function fitJobData(
  { threads, artifactPlace }: Context,
  task: Omit<FitTask, 'artifactPlace'>,
): Promise<FittedData> {
  const { settings, manifest, inputs, seed } = task;
  // What the manifest alone can refuse costs no thread.
  bindInputs(settings, manifest, inputs);
  if (readsSamples(settings, manifest)) return unwrap(await threads.fit({ ...task, artifactPlace }));
  return fitData(settings, manifest, inputs, seed, noSamples);
}

const noSamples = {
  get(): never {
    throw new RangeError('No samples were to be read');
  },
};
