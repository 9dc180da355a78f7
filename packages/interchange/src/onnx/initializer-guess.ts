import type { Node, Shape, ValueName } from '@descent/autodiff';
import type { Initializer } from '@descent/contracts';

/**
 * How a parameter would start in training from scratch, which an ONNX file does not say: factors at 1, shifts at 0,
 * slopes at ¼, matrices and kernels as in Keras.
 */
export function guessInitializer(name: ValueName, shape: Shape, readers: readonly Node[]): Initializer {
  const read = (op: string, position?: number) =>
    readers.some((node) => node.op === op && (position === undefined || node.inputs[position] === name));
  if (read('PRelu', 1)) return { type: 'constant', value: 0.25 };
  const factor =
    [...normalizations].some((op) => read(op, 1)) || read('BatchNormalization', 4) || read('Mul');
  if (factor && shape.filter((dim) => dim !== 1).length <= 1) return 'ones';
  return shape.length < 2 ? 'zeros' : 'glorotUniform';
}

const normalizations: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'GroupNormalization',
  'InstanceNormalization',
  'LayerNormalization',
  'RMSNormalization',
]);
