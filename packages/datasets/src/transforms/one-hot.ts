import type { TransformOf } from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import { changed, type Flow, type Place, type Rule } from './flow.ts';

const most = 65_536;

export const oneHot: Rule<TransformOf<'oneHot'>> = {
  compile(settings, flow, place) {
    if (flow.text || !flow.integer) {
      throw place.invalid('it is for categories and whole numbers (use bucketise before it)');
    }
    const classes = settings.classes ?? classesOf(flow, place);
    const { minimum = 0, maximum = 0 } = flow.range ?? {};
    if (minimum < 0 || maximum >= classes) {
      throw place.invalid(
        `column "${place.column.name}" holds ${minimum} to ${maximum}; ${classes} classes are 0 to ${classes - 1}`,
      );
    }
    const elements = elementCount(flow.shape);
    const run = (from: Float64Array, to: Float64Array) => {
      to.fill(0, 0, elements * classes);
      for (let i = 0; i < elements; i++) {
        const code = from[i]!;
        if (code >= 0 && code < classes) to[i * classes + code] = 1;
      }
    };
    const shape = elements === 1 ? [classes] : [...flow.shape, classes];
    const { classes: _, ...rest } = flow;
    return {
      flow: changed(rest, { shape, integer: true, range: { minimum: 0, maximum: 1 } }),
      step: { kind: 'row', run },
    };
  },
};

function classesOf({ classes, range }: Flow, place: Place): number {
  const found = classes ?? (range === undefined ? undefined : range.maximum + 1);
  if (found === undefined) throw place.invalid('give the number of `classes`');
  if (found > most)
    throw place.invalid(`column "${place.column.name}" has ${found} classes; the limit is ${most}`);
  return Math.max(2, found);
}
