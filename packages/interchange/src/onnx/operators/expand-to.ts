import { broadcastShapes, type Shape, sameDim } from '@descent/autodiff';
import { integers } from '../emitter.ts';
import { nodeError } from '../import-error.ts';
import type { Value } from '../value.ts';
import type { OperatorContext } from './operator.ts';
import { operationNamed } from './plain.ts';

/**
 * Broadcasts a value to a shape that may hold the batch. Shapes in a spec are numbers, so what is new along the batch
 * axis comes from a sum with zeros that have it.
 */
export function expandTo(context: OperatorContext, value: Value, target: Shape): Value {
  const { emitter, node } = context;
  const { shape, dtype } = emitter.type(value);
  const result = broadcastShapes(shape, target);
  if (result === undefined) {
    throw nodeError(node.place, `cannot broadcast [${shape.join(', ')}] to [${target.join(', ')}]`);
  }
  const own = (axis: number) => shape[axis - result.length + shape.length] ?? 1;
  const numeric = result.map((dim, axis) => (typeof dim === 'number' && !sameDim(dim, own(axis)) ? dim : 1));
  const widened =
    numeric.every((dim) => dim === 1) && shape.length === result.length
      ? value
      : emitter.emit(operationNamed(node, 'Expand'), [value, integers(...numeric)])[0]!;
  const added = result.findIndex((dim, axis) => typeof dim !== 'number' && !sameDim(dim, own(axis)));
  if (added === -1) return widened;
  if (result[added] !== 'batch' || result.some((dim, axis) => axis !== added && typeof dim !== 'number')) {
    throw nodeError(node.place, `cannot make a value of shape [${result.join(', ')}]`);
  }
  const zeros = context.batchZeros(result.length, added);
  if (dtype === 'bool') {
    const none = emitter.emit('Cast', [zeros], { to: 'bool' });
    return emitter.emit(operationNamed(node, 'Or'), [widened, none[0]])[0]!;
  }
  const same = dtype === 'float32' ? zeros : emitter.emit('Cast', [zeros], { to: dtype })[0]!;
  return emitter.emit('Add', [widened, same])[0]!;
}
