import type { Operation } from '../operation.ts';
import { selectedGradient, variadic } from '../rules/variadic.ts';

/** ONNX Max: the largest of any number of broadcast inputs. Of equal ones the first gets the gradient. */
export const max: Operation = variadic({
  value: Math.max,
  integer: (a, b) => (b > a ? b : a),
  gradient: selectedGradient,
  dtypes: 'number',
});
