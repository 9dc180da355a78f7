import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { dtypeOrRefuse } from '../rules/dtypes.ts';
import { tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX ConstantOfShape. ONNX's one-element tensor `value` is the number `value` (0) and the name of its `dtype` (float32). */
export const constantOfShape: Operation = {
  inputs: [{ name: 'input', dtypes: 'index' }],
  attributes: { value: 'real', dtype: 'text' },
  shape: (context) => {
    const shape = context.shapeValue(0);
    if (shape === undefined || shape.some((dim) => typeof dim === 'number' && dim < 0)) {
      throw mismatch(context, 'the shape must follow from shapes and constants');
    }
    return [{ dtype: dtypeOrRefuse(context.node, 'dtype', 'float32'), shape }];
  },
  evaluate: (_, attributes, [type]) => [
    tensorOf(type!, zeros(type!.shape).fill(real(attributes, 'value', 0))),
  ],
  gradient: 'zero',
  flops: () => 0,
};
