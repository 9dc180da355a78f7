import { DescentError } from '@descent/errors';

interface Vertex {
  readonly name: string;
  /** Names under which others read it. */
  readonly outputs: readonly string[];
  readonly path: string;
  readonly inputs: readonly string[];
}

/**
 * Every vertex after those it reads, otherwise as written. Depth-first with a stack of its own: a chain of 10,000
 * layers would overflow the call stack.
 *
 * @throws DescentError SPEC_CYCLE with the circle spelled out
 */
export function topologicalOrder<V extends Vertex>(vertices: readonly V[]): readonly V[] {
  const producers = new Map(vertices.flatMap((vertex) => vertex.outputs.map((name) => [name, vertex])));
  const order: V[] = [];
  const done = new Set<V>();

  for (const root of vertices) {
    if (done.has(root)) continue;
    const stack: { vertex: V; next: number }[] = [{ vertex: root, next: 0 }];
    const open = new Set<V>([root]);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.vertex.inputs[top.next];
      if (name === undefined) {
        stack.pop();
        open.delete(top.vertex);
        done.add(top.vertex);
        order.push(top.vertex);
        continue;
      }
      top.next += 1;
      const input = producers.get(name);
      if (input === undefined || done.has(input)) continue;
      if (open.has(input))
        throw cycle(
          stack.map(({ vertex }) => vertex),
          input,
        );
      open.add(input);
      stack.push({ vertex: input, next: 0 });
    }
  }
  return order;
}

/** The open path reads from each vertex to one that it reads; the data flows the other way. */
function cycle(path: readonly Vertex[], closing: Vertex): DescentError {
  const circle = path.slice(path.indexOf(closing)).toReversed();
  const names = [...circle.map(({ name }) => name), circle[0]!.name];
  const shown = names.length > 12 ? [...names.slice(0, 6), '…', ...names.slice(-5)] : names;
  return new DescentError('SPEC_CYCLE', {
    path: closing.path,
    layer: closing.name,
    cycle: shown.join(' → '),
  });
}
