import { valueAxis } from '../feature.ts';
import { sampleAxis } from './axis.ts';
import { inOneOrder } from './join.ts';
import type { Layer, SpecOf } from './layer.ts';

/** Joins values along one axis of the sample (0 is the first after the batch axis; default −1, the last). */
export const concat: Layer<SpecOf<'concat'>> = {
  takes: 'several',
  build: (context, inputs, spec) => {
    const [{ shape }, ...others] = inputs;
    const axis = sampleAxis(context, spec.axis ?? -1, shape);
    for (const other of others) {
      const fits =
        other.shape.length === shape.length &&
        shape.every((size, i) => i === axis || size === other.shape[i]);
      if (fits) continue;
      const expected = `[${shape.map((size, i) => (i === axis ? 'any' : size)).join(', ')}]`;
      throw context.mismatch(`all its inputs agree in every axis but ${axis}`, expected, other.shape);
    }
    const parts = inOneOrder(context, inputs);
    const values = parts.map((part) => part.value);
    const value = context.graph.add('Concat', values, { axis: valueAxis(parts[0], axis) });
    const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    return { ...parts[0], value, shape: shape.with(axis, length) };
  },
};
