import type { Tensor } from '@descent/tensors';
import type { Attributes } from '../graph.ts';
import { integer, real, text } from './attributes.ts';
import { numbers, zeros } from './numbers.ts';
import { type Cell, type CellWeights, recurrentSizes } from './recurrent.ts';
import { activationsOf } from './recurrent-activations.ts';

/** The reference: one sample, one direction and one step after the other. Values of Y and the last states. */
export function runCell(
  cell: Cell,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
): readonly Float64Array[] {
  const [x, w, r, b, lengths, initialH, initialC, p] = inputs;
  const { steps, features, hidden, directions, ...rest } = recurrentSizes(x!.shape, r!.shape, attributes);
  const batch = Number(rest.batch);
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  const rows = cell.gates * hidden;
  const y = zeros([steps, directions, batch, hidden]);
  const last = Array.from({ length: cell.states }, () => zeros([directions, batch, hidden]));
  const part = (tensor: Tensor | undefined, direction: number, size: number) =>
    tensor === undefined
      ? new Float64Array(size)
      : numbers(tensor).subarray(direction * size, (direction + 1) * size);
  const stateAt = (direction: number, sample: number) =>
    (batchFirst ? sample * directions + direction : direction * batch + sample) * hidden;
  const limit = attributes.clip === undefined ? Number.POSITIVE_INFINITY : real(attributes, 'clip', 0);
  for (let direction = 0; direction < directions; direction += 1) {
    const backward = direction === 1 || text(attributes, 'direction', 'forward') === 'reverse';
    const weights: CellWeights = {
      hidden,
      w: part(w, direction, rows * features),
      r: part(r, direction, rows * hidden),
      b: part(b, direction, 2 * rows),
      p: part(p, direction, 3 * hidden),
      activations: activationsOf(attributes, cell.activations, directions)[direction]!,
      attributes,
      clip: (value) => Math.max(-limit, Math.min(limit, value)),
    };
    for (let sample = 0; sample < batch; sample += 1) {
      const length = lengths === undefined ? steps : numbers(lengths)[sample]!;
      const from = stateAt(direction, sample);
      let states: readonly Float64Array[] = [initialH, initialC]
        .slice(0, cell.states)
        .map((state) =>
          state === undefined ? new Float64Array(hidden) : numbers(state).slice(from, from + hidden),
        );
      for (let count = 0; count < length; count += 1) {
        const step = backward ? length - 1 - count : count;
        const place = (batchFirst ? sample * steps + step : step * batch + sample) * features;
        states = cell.step(weights, numbers(x!).subarray(place, place + features), states);
        const into = batchFirst
          ? ((sample * steps + step) * directions + direction) * hidden
          : ((step * directions + direction) * batch + sample) * hidden;
        y.set(states[0]!, into);
      }
      last.forEach((values, index) => {
        values.set(states[index]!, from);
      });
    }
  }
  return [y, ...last];
}

/** row · x + its bias, for the rows of one gate. */
export function gateOf(
  { hidden, w, r, b }: CellWeights,
  gate: number,
  x: Float64Array,
): {
  readonly input: (unit: number) => number;
  readonly recurrent: (unit: number, h: Float64Array) => number;
} {
  const rows = b.length / 2;
  const dot = (matrix: Float64Array, row: number, vector: Float64Array) =>
    vector.reduce((sum, value, index) => sum + value * matrix[row * vector.length + index]!, 0);
  return {
    input: (unit) => dot(w, gate * hidden + unit, x) + b[gate * hidden + unit]!,
    recurrent: (unit, h) => dot(r, gate * hidden + unit, h) + b[rows + gate * hidden + unit]!,
  };
}
