import { localStepsOf, type TrainingPlan } from '@descent/contracts';
import {
  batchOfStep,
  stepsPerEpoch as countSteps,
  evaluationSlice,
  microBatchRange,
} from '@descent/datasets';
import type { Unit } from './node.ts';

/** A job without `checkpointEverySteps` still loses at most this many steps of work. */
const mostStepsBetweenCheckpoints = 200;

export interface TimetableInput {
  readonly trainingSamples: number;
  /** 0: the job has no validation split. */
  readonly validationSamples: number;
  /** Samples per step. */
  readonly batchSize: number;
  readonly microBatches: number;
  readonly epochs: number;
  readonly evaluateEverySteps?: number | undefined;
  readonly checkpointEverySteps?: number | undefined;
}

/** What happens at which version; a pure function of the plan. */
export interface Timetable {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Epoch that the step belongs to, from 0. */
  epochOf(step: number): number;
  /** The non-empty micro-batches of a step: sample positions in the order of its epoch. */
  trainingUnits(step: number): readonly Unit[];
  evaluationUnits(): readonly Unit[];
  evaluationDue(version: number): boolean;
  checkpointDue(version: number): boolean;
}

export function planTimetable(plan: TrainingPlan): Timetable {
  const { training } = plan.request;
  const { train, validation } = plan.samples;
  return createTimetable({
    ...training,
    batchSize: training.batchSize * localStepsOf(training),
    microBatches: plan.microBatches,
    trainingSamples: train,
    validationSamples: validation,
  });
}

export function createTimetable(input: TimetableInput): Timetable {
  const { trainingSamples, validationSamples, batchSize, microBatches, epochs } = input;
  const stepsPerEpoch = countSteps(trainingSamples, batchSize);
  const steps = stepsPerEpoch * epochs;
  const endsEpoch = (version: number) => version > 0 && version % stepsPerEpoch === 0;
  const everyOr = (every: number | undefined, otherwise: (version: number) => boolean) => (version: number) =>
    version === steps || (every === undefined ? otherwise(version) : version > 0 && version % every === 0);

  const checkpointDue = everyOr(
    input.checkpointEverySteps,
    (version) => endsEpoch(version) || (version > 0 && version % mostStepsBetweenCheckpoints === 0),
  );
  const evaluationDue = everyOr(input.evaluateEverySteps, endsEpoch);

  return {
    steps,
    stepsPerEpoch,
    epochOf: (step) => Math.floor(step / stepsPerEpoch),
    trainingUnits(step) {
      const batch = batchOfStep(step, trainingSamples, batchSize);
      return Array.from({ length: microBatches }, (_, index) => {
        const { start, end } = microBatchRange(batch.end - batch.start, microBatches, index);
        return { start: batch.start + start, end: batch.start + end };
      })
        .filter(({ start, end }) => end > start)
        .map((range, index) => ({ index, ...range }));
    },
    evaluationUnits: () =>
      Array.from({ length: Math.ceil(validationSamples / evaluationSlice) }, (_, index) => ({
        index,
        start: index * evaluationSlice,
        end: Math.min((index + 1) * evaluationSlice, validationSamples),
      })),
    evaluationDue: (version) => validationSamples > 0 && evaluationDue(version),
    checkpointDue,
  };
}
