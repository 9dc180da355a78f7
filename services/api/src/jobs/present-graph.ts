import { cost, type Graph, graphParts, lectureShape } from '@descent/autodiff';
import type { GraphKind, JobGraph } from '@descent/contracts';
import { type CompiledModel, inferenceGraph, layerSummaries, trainingGraph } from '@descent/models';
import { elementCount } from '@descent/tensors';

/**
 * The computation graph of a model as the API shows it. Values come before the nodes that read them.
 * @param batch samples that the FLOPs count
 */
export function presentGraph(model: CompiledModel, kind: GraphKind, batch: number): JobGraph {
  const graph = kind === 'training' ? trainingGraph(model) : inferenceGraph(model);
  const flops = new Map(cost(graph, batch).nodes.map(({ node, flops: own }) => [node.name, own] as const));
  const places = graphParts(graph);
  const sizes = new Map(model.layout.entries.map(({ name, shape }) => [name, elementCount(shape)]));
  const nodes = graph.nodes.map(({ name, op, layer, inputs, outputs }, index): JobGraph['nodes'][number] => ({
    name,
    op,
    index,
    layer: layer ?? null,
    part: 'forward',
    differentiates: null,
    ...places.get(name),
    inputs: [...inputs],
    outputs: [...outputs],
    flops: flops.get(name) ?? 0,
    parameters: inputs.reduce((sum, input) => sum + (sizes.get(input) ?? 0), 0),
  }));
  const flopsOf = (backward: boolean) =>
    nodes.reduce((sum, node) => sum + ((node.part === 'backward') === backward ? node.flops : 0), 0);
  return {
    kind,
    batch,
    values: valuesOf(graph),
    nodes,
    edges: edgesOf(graph),
    layers: layersOf(model, nodes),
    totals: {
      parameters: model.layout.entries.reduce(
        (sum, { trainable, length }) => sum + (trainable ? length : 0),
        0,
      ),
      forwardFlops: flopsOf(false),
      backwardFlops: flopsOf(true),
    },
    outputs: Object.fromEntries(graph.outputs),
  };
}

function layersOf(model: CompiledModel, nodes: JobGraph['nodes']): JobGraph['layers'] {
  const layers = layerSummaries(model).map((layer): JobGraph['layers'][number] => ({
    ...layer,
    nodes: [],
    backwardNodes: [],
  }));
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  for (const { name, layer, part } of nodes) {
    byName.get(layer ?? '')?.[part === 'backward' ? 'backwardNodes' : 'nodes'].push(name);
  }
  return layers;
}

function valuesOf(graph: Graph): JobGraph['values'] {
  const describe = (role: JobGraph['values'][number]['role']) => (name: string) => {
    const type = graph.types.get(name);
    const shape = type?.shape ?? [];
    return {
      name,
      role,
      dtype: type?.dtype ?? '',
      shape: [...shape],
      label: `${name} [${lectureShape(shape)}]`,
    };
  };
  return [
    ...graph.inputs.map(describe('input')),
    ...graph.parameters.map(describe('parameter')),
    ...graph.states.map(describe('state')),
    ...[...graph.constants.keys()].map(describe('constant')),
    ...graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== '').map(describe('node'))),
  ];
}

function edgesOf(graph: Graph): JobGraph['edges'] {
  const producers = new Map(
    graph.nodes.flatMap(({ name, outputs }) => outputs.map((value) => [value, name])),
  );
  return graph.nodes.flatMap((node) =>
    node.inputs.flatMap((value, input) =>
      value === '' ? [] : [{ value, from: producers.get(value) ?? null, to: node.name, input }],
    ),
  );
}
