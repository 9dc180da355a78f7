import { localSettingsOf, localStepsOf, type TrainingPlan } from '@descent/contracts';
import { deepestLevel } from '@descent/gradient-channel';
import type { ParameterLayout } from '@descent/models';
import { createOptimizer, FlatMemory, gradientFormat, parameterFormat } from '@descent/optimizers';
import { createLocalTraining, type LocalTraining } from './local-training.ts';
import {
  createResultBuffers,
  type ResultBuffer,
  type ResultBuffers,
  resultPrefixBytes,
} from './result-buffers.ts';

/** Levels of an evaluation's tree that fit its buffers: a node has at most 1,024 slices. */
const evaluationLevels = 10;

/** The flat buffers of one training job on a worker, in one memory so that the kernels reach them. */
export interface JobMemory {
  /** What the engine reads: what was received itself, or what it was decoded or copied to. */
  readonly parameters: Float32Array;
  readonly train: ResultBuffers;
  readonly evaluate: ResultBuffers;
  /** Of a job whose participants train by themselves. */
  readonly local: LocalTraining | undefined;
  /** A new version was received: brings it to `parameters`. */
  adopt(): void;
  /**
   * What is sent in place of a result, encoded. Undefined: the result itself.
   * @param key unsigned 32 bits that round
   */
  readonly encode: ((result: ResultBuffer, key: number) => Promise<Encoded>) | undefined;
}

export interface Encoded {
  readonly payload: Uint8Array<ArrayBuffer>;
  release(): void;
}

/**
 * @param received where the channel puts PARAMETERS payloads
 * @param metrics numbers that the metrics of a micro-batch add up
 */
export function createJobMemory(
  plan: TrainingPlan,
  layout: ParameterLayout,
  metrics: number,
  received: Float32Array,
): JobMemory {
  const { training } = plan.request;
  const { compression = 'none' } = training;
  const { trainableElements: compressed, gradientElements, elements } = layout;
  const isLocal = localSettingsOf(training) !== undefined;
  const push = gradientFormat(compression, { compressed, elements: gradientElements });
  const pull = parameterFormat(compression, { compressed, elements });
  const levels = push === undefined ? deepestLevel(plan.microBatches, 4 * gradientElements) : 0;
  const prefixBytes = resultPrefixBytes(metrics);
  const { buffers } = new FlatMemory({
    received: { count: pull === undefined ? 0 : 1, length: pull?.length ?? 0 },
    version: { count: isLocal || pull !== undefined ? 1 : 0, length: elements },
    working: { count: isLocal ? 2 : 0, length: elements },
    slots: {
      count: isLocal ? createOptimizer(training.optimizer).slotNames.length : 0,
      length: compressed,
    },
    results: { count: levels + 2, length: gradientElements, prefixBytes },
    scores: { count: evaluationLevels + 2, length: 0, prefixBytes },
    sent: { count: push === undefined ? 0 : 2, length: push?.length ?? 0, prefixBytes },
    scratch: { count: 1, length: push?.scratchLength ?? 0 },
  });
  const version = buffers.version[0];
  const working = buffers.working[0];
  const train = createResultBuffers(buffers.results, metrics);
  const sent = createResultBuffers(buffers.sent, metrics);

  const encode: JobMemory['encode'] =
    push &&
    (async (result, key) => {
      const target = await sent.take();
      target.payload.set(result.payload.subarray(0, prefixBytes));
      push.pack(target.gradient, result.gradient, key, buffers.scratch[0]);
      train.giveBack(result);
      return { payload: target.payload, release: () => sent.giveBack(target) };
    });

  return {
    parameters: (working ?? version)?.floats ?? received,
    train,
    evaluate: createResultBuffers(buffers.scores, metrics),
    local:
      isLocal && version !== undefined && working !== undefined
        ? createLocalTraining(training, layout, plan.price.steps * localStepsOf(training), {
            version,
            working,
            next: buffers.working[1]!,
            slots: buffers.slots,
          })
        : undefined,
    adopt() {
      if (version === undefined) return;
      if (pull === undefined) version.floats.set(received);
      else {
        const encoded = buffers.received[0]!;
        encoded.floats.set(received);
        pull.unpack(version, encoded);
      }
    },
    encode,
  };
}
