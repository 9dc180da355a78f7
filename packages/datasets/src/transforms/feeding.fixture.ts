import type { Column, DataSettings, InputSource, Transform } from '@descent/contracts';
import { arrayOf, elementCount } from '@descent/tensors';
import { bindInputs } from '../bind-inputs.ts';
import { allocateColumn } from '../column.ts';
import { createGather } from '../gather.ts';
import type { ModelInput } from '../input-binding.ts';

export type GivenColumn = Omit<Column, 'statistics'> & {
  readonly values: readonly number[];
  readonly statistics?: Partial<Column['statistics']>;
};

/** A data set of one split in memory, with the extremes of its values as statistics. */
export function dataOf(given: readonly GivenColumn[]) {
  const columns = given.map(({ values, statistics, ...column }): Column => {
    const known = values.filter((x) => !Number.isNaN(x));
    return {
      ...column,
      statistics: {
        minimum: Math.min(...known),
        maximum: Math.max(...known),
        mean: 0,
        standardDeviation: 1,
        ...statistics,
      },
    };
  });
  const count = given[0]!.values.length / elementCount(given[0]!.shape);
  const loaded = new Map(
    columns.map((column, index) => {
      const data = allocateColumn(column.dtype, given[index]!.values.length);
      data.set(given[index]!.values);
      return [column.name, { column, data }];
    }),
  );
  return { columns, split: { name: 'train', count, columns: loaded } };
}

export interface Feeding {
  readonly input: Omit<ModelInput, 'name'>;
  readonly source: InputSource;
  readonly settings?: Partial<DataSettings>;
  readonly epoch?: number;
  readonly seed?: number;
  readonly samples?: readonly number[];
}

/** What the model gets for input `x`, as numbers. */
export function fed(given: readonly GivenColumn[], feeding: Feeding): number[] {
  const { input, source, settings, epoch, seed = 0 } = feeding;
  const { columns, split } = dataOf(given);
  const [binding] = bindInputs({ dataset: 'builtin:x', ...settings, inputs: { x: source } }, { columns }, [
    { name: 'x', ...input },
  ]);
  const indices = Uint32Array.from(feeding.samples ?? Array.from({ length: split.count }, (_, i) => i));
  const target = arrayOf(input.dtype, indices.length * elementCount(input.shape));
  createGather(split, binding!, seed)(indices, target, epoch);
  return Array.from(target, Number);
}

/** One column `c` through the given transforms. */
export function through(
  column: Omit<GivenColumn, 'name'>,
  transform: Transform | Transform[],
  shape: readonly number[],
  more: Partial<Feeding> & { readonly dtype?: ModelInput['dtype'] } = {},
): number[] {
  const { dtype = 'float32', ...rest } = more;
  return fed([{ name: 'c', ...column }], {
    input: { shape, dtype },
    source: { columns: ['c'], transform },
    ...rest,
  });
}
