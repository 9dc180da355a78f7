import type { Dtype } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { text } from '../rules/attributes.ts';
import { bigints, integerTensor, isInteger } from '../rules/exact.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { wrongAttribute } from '../rules/refuse.ts';

const targets: readonly Dtype[] = ['float32', 'int64', 'int32', 'uint8', 'bool'];

/** ONNX Cast. `to` is the name of the dtype (ONNX has its number there). A gradient flows from float to float only. */
export const cast: Operation = {
  inputs: [{ name: 'input', dtypes: 'any' }],
  attributes: { to: 'text' },
  shape: ({ node, inputs: [input] }) => {
    const to = text(node.attributes, 'to', '');
    const dtype = targets.find((target) => target === to);
    if (dtype === undefined) throw wrongAttribute(node, 'to', `must be one of ${targets.join(', ')}`);
    return [{ dtype, shape: input!.shape }];
  },
  evaluate: ([input], _, [type]) => [
    isInteger(input!.dtype) && isInteger(type!.dtype)
      ? integerTensor(type!, bigints(input!))
      : tensorOf(type!, numbers(input!)),
  ],
  gradient: (context) => [
    context.type(inputOf(context, 0)).dtype === 'float32' ? outputGradient(context) : undefined,
  ],
  flops: () => 0,
};
