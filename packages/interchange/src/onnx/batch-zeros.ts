import type { ValueName } from '@descent/autodiff';
import { dependsOnBatch, type Emitter, integers, scalar } from './emitter.ts';
import { computed, type Value } from './value.ts';

/**
 * A float32 value of zeros with the batch on one axis and 1 on the others. It is made from the first input: a value that
 * equals itself or not is 1 or 0, and 0 times that is 0 whatever the data hold.
 */
export function batchZeros(emitter: Emitter, inputs: Iterable<ValueName>, rank: number, axis: number): Value {
  const input = [...inputs].find((name) => emitter.graph.type(name).shape[0] === 'batch');
  if (input === undefined) throw dependsOnBatch('a shape');
  const { shape } = emitter.graph.type(input);
  const one = (op: Parameters<Emitter['emit']>[0], values: readonly Value[], attributes = {}) =>
    emitter.emit(op, values, attributes)[0]!;
  const rest = shape.slice(1).map((_, at) => at + 1);
  const first =
    rest.length === 0
      ? computed(input)
      : one('Slice', [
          computed(input),
          integers(...rest.map(() => 0)),
          integers(...rest.map(() => 1)),
          integers(...rest),
        ]);
  const column = one('Reshape', [
    first,
    integers(...Array.from({ length: rank }, (_, at) => (at === axis ? -1 : 1))),
  ]);
  const same = one('Cast', [one('Equal', [column, column])], { to: 'float32' });
  return one('Mul', [same, scalar(0)]);
}
