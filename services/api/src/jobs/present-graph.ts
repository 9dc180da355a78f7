import type { Graph } from '@descent/autodiff';
import type { GraphKind, JobGraph } from '@descent/contracts';

/** A computation graph as the API shows it. Values come before the nodes that read them. */
export function presentGraph(kind: GraphKind, graph: Graph): JobGraph {
  const describe = (role: JobGraph['values'][number]['role']) => (name: string) => {
    const type = graph.types.get(name);
    return { name, role, dtype: type?.dtype ?? '', shape: [...(type?.shape ?? [])] };
  };
  return {
    kind,
    values: [
      ...graph.inputs.map(describe('input')),
      ...[...graph.parameters, ...graph.states].map(describe('parameter')),
      ...[...graph.constants.keys()].map(describe('constant')),
      ...graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== '').map(describe('node'))),
    ],
    nodes: graph.nodes.map(({ name, op, layer, inputs, outputs }) => ({
      name,
      op,
      layer: layer ?? null,
      inputs: [...inputs],
      outputs: [...outputs],
    })),
    outputs: Object.fromEntries(graph.outputs),
  };
}
