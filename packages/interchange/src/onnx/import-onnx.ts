import type { ModelTopology } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { decodeMessage, type ModelProto } from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';
import type { ImportLimits } from './import-limits.ts';
import { lowerModel } from './lower-model.ts';
import { toTopology } from './to-topology.ts';

export interface ImportOnnxOptions {
  /** Output of the file that the loss reads; its only one when left out. */
  readonly output?: string;
  /** Shapes of one sample (without the batch axis), by input, for axes that the file leaves open. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * What the moments of batch normalisation become. train (default): running averages, as in training from scratch; the
   * micro-batch's moments normalise while training. frozen: the file's moments stay, as in fine-tuning.
   */
  readonly batchNormalization?: 'train' | 'frozen';
  readonly limits?: Partial<ImportLimits>;
}

/** A model of another framework: a spec without its loss, and the weights it came with. */
export interface ImportedModel {
  readonly topology: ModelTopology;
  /** float32, by parameter and state of the topology. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

/**
 * Reads an ONNX model (operator sets 1 to 18), such as `torch.onnx.export` writes. The first axis of every input is the
 * batch. Float initialisers are trainable parameters. Control flow whose condition and trip count do not depend on data
 * is unrolled, functions are inlined, and arithmetic on shapes is done here, whatever the batch size.
 *
 * @param bytes untrusted; may be kept by the weights, so leave them as they are
 * @throws DescentError ONNX_…, naming node and operator; all unsupported operators in one error
 */
export function importOnnx(bytes: Uint8Array, options: ImportOnnxOptions = {}): ImportedModel {
  const model = decodeMessage('ModelProto', bytes);
  const output = outputOf(model, options.output);
  const lowered = lowerModel(model, {
    batched: true,
    states: options.batchNormalization !== 'frozen',
    output,
    ...(options.inputShapes === undefined ? {} : { inputShapes: options.inputShapes }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  return toTopology(lowered, output);
}

function outputOf({ graph }: ModelProto, wanted: string | undefined): string {
  const outputs = graph?.output.map(({ name = '' }) => name) ?? [];
  const [only, ...others] = outputs;
  const refuse = (problem: string) => new DescentError('ONNX_GRAPH_INVALID', { problem, outputs });
  if (only === undefined) throw refuse('it has no output');
  if (wanted === undefined) {
    if (others.length === 0) return only;
    // An export of ours: its probabilities are a softmax of the prediction.
    if (outputs.includes('prediction')) return 'prediction';
    throw refuse(
      `it has the outputs ${outputs.map((name) => `"${name}"`).join(', ')}: say which one the loss reads`,
    );
  }
  if (outputs.includes(wanted)) return wanted;
  throw refuse(`it has no output "${wanted}" (it has ${outputs.map((name) => `"${name}"`).join(', ')})`);
}
