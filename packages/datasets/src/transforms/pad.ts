import type { TransformOf } from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import type { Flow, Rule } from './flow.ts';

export const pad: Rule<TransformOf<'pad'>> = {
  compile({ length, value = 0 }, flow, place) {
    if (flow.shape.length > 1) {
      throw place.invalid(`it is for sequences; the column has shape [${flow.shape.join(', ')}]`);
    }
    const elements = elementCount(flow.shape);
    const { text } = flow;
    const { minimum = 0, maximum = 0 } = flow.range ?? {};
    const after: Flow = {
      ...flow,
      shape: [length],
      text: false,
      range: { minimum: Math.min(minimum, value), maximum: Math.max(maximum, value) },
    };
    const run = (from: Float64Array, to: Float64Array) => {
      for (let i = 0; i < length; i++) {
        const missing = i >= elements || (text && from[i] === 0);
        to[i] = missing ? value : from[i]!;
      }
    };
    return { flow: after, step: { kind: 'row', run } };
  },
};
