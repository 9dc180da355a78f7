import { evaluate, type Feeds, type Graph } from '@descent/autodiff';
import { dtypes, type Tensor } from '@descent/tensors';
import type { ElementArray, Engine, Port } from '../engine.ts';

/** Runs a graph once on buffers of its own; the values of the outputs by name. */
export async function runOnce(
  engine: Engine,
  graph: Graph,
  feeds: Feeds,
  batch: number,
  outputs?: readonly string[],
): Promise<ReadonlyMap<string, ElementArray>> {
  const program = await engine.compile(graph, { batch, ...(outputs === undefined ? {} : { outputs }) });
  const results = new Map(program.outputs.map((port) => [port.name, emptyArray(port)]));
  await program.bind({ inputs: feedArrays(program.inputs, feeds), outputs: results }).run();
  await program.release();
  return results;
}

export function feedArrays(ports: readonly Port[], feeds: Feeds): ReadonlyMap<string, ElementArray> {
  return new Map(ports.map(({ name }) => [name, elementArray(feeds[name]!)]));
}

export function emptyArray({ dtype, elements }: Port): ElementArray {
  const array = new dtypes[dtype].array(elements);
  if (array instanceof Float64Array) throw new TypeError('engines have no float64 ports');
  return array;
}

export function elementArray({ data }: Tensor): ElementArray {
  if (data instanceof Float64Array) throw new TypeError('engines have no float64 ports');
  return data;
}

/** Outputs whose values differ from the reference evaluation by more than `tolerance · (1 + |reference|)`, in words. */
export function deviations(
  graph: Graph,
  feeds: Feeds,
  batch: number,
  results: ReadonlyMap<string, ElementArray>,
  tolerance: number,
): readonly string[] {
  const reference = evaluate(graph, feeds, { batch });
  return [...results].flatMap(([name, values]) => {
    const expected = reference.outputs.get(name)!.data;
    const wrong = Array.from(values, Number).findIndex(
      (value, index) => !isClose(value, Number(expected[index]), tolerance),
    );
    if (expected.length !== values.length)
      return [`${name}: ${values.length} of ${expected.length} elements`];
    return wrong === -1 ? [] : [`${name}[${wrong}] is ${values[wrong]}, the reference ${expected[wrong]}`];
  });
}

/** NaN equals NaN only, and an infinity itself only. */
function isClose(value: number, expected: number, tolerance: number): boolean {
  if (Object.is(value, expected) || value === expected) return true;
  return Math.abs(value - expected) <= tolerance * (1 + Math.abs(expected));
}
