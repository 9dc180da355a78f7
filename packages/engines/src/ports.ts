import { bind, type Graph, type ValueName } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { dtypes, elementCount } from '@descent/tensors';
import type { ElementArray, Port } from './engine.ts';

export function portOf(graph: Graph, name: string, value: ValueName, batch: number): Port {
  const { dtype, shape } = graph.types.get(value)!;
  const bound = bind(shape, batch);
  return { name, dtype, shape: bound, elements: elementCount(bound) };
}

/** The buffer bound to a port, or an error that says what does not fit. */
export function boundArray(port: Port, arrays: ReadonlyMap<string, ElementArray>): ElementArray {
  const { name } = port;
  const refuse = (problem: string) => new DescentError('ENGINE_BINDING_INVALID', { name, problem });
  const array = arrays.get(name);
  if (array === undefined) throw refuse('it is missing');
  const wanted = dtypes[port.dtype].array;
  if (!(array instanceof wanted)) {
    throw refuse(`it is a ${array.constructor.name} where ${port.dtype} takes a ${wanted.name}`);
  }
  if (array.length !== port.elements) {
    throw refuse(`it holds ${array.length} elements where [${port.shape.join(', ')}] has ${port.elements}`);
  }
  if (array.buffer instanceof SharedArrayBuffer) {
    throw refuse('it lies in shared memory, which engines cannot read or write');
  }
  return array;
}
