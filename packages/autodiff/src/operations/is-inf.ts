import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX IsInf: of the signs that `detect_negative` (1) and `detect_positive` (1) ask for. */
export const isInf: Operation = unary({
  value: (x, attributes) => {
    if (Number.isNaN(x) || Number.isFinite(x)) return 0;
    return integer(attributes, x < 0 ? 'detect_negative' : 'detect_positive', 1) === 0 ? 0 : 1;
  },
  gradient: 'zero',
  attributes: { detect_negative: 'integer', detect_positive: 'integer' },
  result: 'bool',
});
