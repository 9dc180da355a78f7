import type { Operation } from '../operation.ts';
import { selectedGradient, variadic } from '../rules/variadic.ts';

/** ONNX Min: the smallest of any number of broadcast inputs. Of equal ones the first gets the gradient. */
export const min: Operation = variadic({
  value: Math.min,
  integer: (a, b) => (b < a ? b : a),
  gradient: selectedGradient,
  dtypes: 'number',
});
