import { sample, type WholeDistribution } from './distribution.ts';
import { distributionOf, fansOf } from './initializers.ts';
import { orthonormalize } from './orthonormal.ts';
import { type ParameterLayout, viewOf } from './parameter-layout.ts';
import { eachRandomWord } from './random-stream.ts';

/** Calls `take` with `count` numbers of the tensor's own stream. */
type Stream = (count: number, take: (index: number, word: number) => void) => void;

/**
 * Fresh parameters in the flat buffer of the layout, zeros between them. A function of layout and seed: each tensor
 * has a stream of its own, keyed by (seed, position in the layout), so the values are the same in every process.
 */
export function initializeParameters(layout: ParameterLayout, seed: number): Float32Array {
  const flat = new Float32Array(layout.elements);
  layout.entries.forEach((entry, position) => {
    const values = viewOf(flat, entry);
    const distribution = distributionOf(entry.initializer, fansOf(entry.shape));
    const stream: Stream = (count, take) =>
      eachRandomWord(count, seed, 'initialization', [position, 0, 0], take);
    switch (distribution.kind) {
      case 'uniform':
      case 'between':
      case 'normal':
      case 'truncatedNormal':
        stream(entry.length, (index, word) => {
          values[index] = sample(distribution, word);
        });
        return;
      default:
        fill(values, entry.shape, distribution, stream);
    }
  });
  return flat;
}

function fill(
  values: Float32Array,
  shape: readonly number[],
  distribution: WholeDistribution,
  stream: Stream,
): void {
  const columns = values.length / (shape[0] ?? 1);
  switch (distribution.kind) {
    case 'constant':
      values.fill(distribution.value);
      return;
    case 'parts': {
      const length = values.length / distribution.values.length;
      distribution.values.forEach((value, part) => {
        values.fill(value, part * length, (part + 1) * length);
      });
      return;
    }
    case 'identity':
      for (let i = 0; i < Math.min(shape[0]!, columns); i += 1) values[i * columns + i] = distribution.gain;
      return;
    case 'orthogonal':
      fillOrthogonal(values, shape[0]!, columns, distribution.gain, stream);
      return;
    default:
      distribution satisfies never;
  }
}

/** Saxe, McClelland & Ganguli 2013: normal numbers made orthonormal, over rows or columns, whichever are fewer. */
function fillOrthogonal(
  values: Float32Array,
  rows: number,
  columns: number,
  gain: number,
  stream: Stream,
): void {
  const tall = rows > columns;
  const [count, length] = tall ? [columns, rows] : [rows, columns];
  const vectors = Array.from({ length: count }, () => new Float64Array(length));
  stream(values.length, (index, word) => {
    vectors[Math.floor(index / length)]![index % length] = sample(
      { kind: 'normal', mean: 0, standardDeviation: 1 },
      word,
    );
  });
  orthonormalize(vectors);
  vectors.forEach((vector, index) => {
    vector.forEach((value, position) => {
      values[tall ? position * columns + index : index * columns + position] = gain * value;
    });
  });
}
