import type { Explanation, JobGraph } from '@descent/client';
import fixture from './fixture-graph.json' with { type: 'json' };

const template = fixture.explanation as unknown as Explanation;
const shape = ['batch', 64, 128];

/** The operations of one transformer block: name, operation, what it reads; `in` is the block before. */
const block: readonly (readonly [name: string, op: string, inputs: readonly string[]])[] = [
  ['norm', 'LayerNormalization', ['in', 'scale']],
  ['query', 'MatMul', ['norm', 'wq']],
  ['key', 'MatMul', ['norm', 'wk']],
  ['keyT', 'Transpose', ['key']],
  ['values', 'MatMul', ['norm', 'wv']],
  ['scores', 'MatMul', ['query', 'keyT']],
  ['scaled', 'Mul', ['scores']],
  ['masked', 'Add', ['scaled']],
  ['weights', 'Softmax', ['masked']],
  ['mixed', 'MatMul', ['weights', 'values']],
  ['joined', 'Reshape', ['mixed']],
  ['projected', 'MatMul', ['joined', 'wo']],
  ['residual', 'Add', ['projected', 'in']],
  ['norm2', 'LayerNormalization', ['residual', 'scale2']],
  ['wide', 'MatMul', ['norm2', 'w1']],
  ['shifted', 'Add', ['wide', 'b1']],
  ['gelu', 'Gelu', ['shifted']],
  ['narrow', 'MatMul', ['gelu', 'w2']],
  ['moved', 'Add', ['narrow', 'b2']],
  ['out', 'Add', ['moved', 'residual']],
];

/** A transformer of `blocks` · 20 operations, each block a layer: 50 of them are 1,000 nodes. */
export function largeGraph(blocks: number): JobGraph {
  const graph: JobGraph = {
    ...(fixture.graph as unknown as JobGraph),
    values: [value('tokens', 'input')],
    nodes: [],
    edges: [],
    layers: [],
  };
  let before = 'tokens';
  for (let index = 0; index < blocks; index++) {
    const layer = `block${index}`;
    const local = (name: string) => (name === 'in' ? before : `${layer}/${name}`);
    const made = new Set(block.map(([name]) => name));
    for (const [name, op, reads] of block) {
      const id = local(name);
      const inputs = reads.map(local);
      for (const read of reads) {
        const fed = read !== 'in' && !made.has(read);
        if (fed) graph.values.push(value(local(read), 'parameter'));
        const from = fed || (read === 'in' && index === 0) ? null : local(read);
        graph.edges.push({ value: local(read), from, to: id, input: reads.indexOf(read) });
      }
      graph.values.push(value(id, 'node'));
      const place = graph.nodes.length;
      graph.nodes.push({
        ...{ name: id, op, index: place, layer, part: 'forward', differentiates: null },
        ...{ inputs, outputs: [id], flops: 1_048_576, parameters: 16_384 },
      });
    }
    graph.layers.push({
      ...{
        name: layer,
        type: 'transformerBlock',
        outputShape: shape,
        parameters: 198_272,
        flops: 25_296_896,
      },
      ...{ nodes: block.map(([name]) => local(name)), backwardNodes: [] },
    });
    before = local('out');
  }
  return graph;
}

function value(name: string, role: JobGraph['values'][number]['role']): JobGraph['values'][number] {
  return { name, role, dtype: 'float32', shape, label: name };
}

/** A value and a gradient at every node. */
export function explanationOf(graph: JobGraph): Explanation {
  const [node] = template.nodes;
  const [output] = node!.outputs;
  return {
    ...template,
    leaves: [],
    nodes: graph.nodes.map(({ name, op, layer, index, inputs }) => ({
      ...node!,
      ...{ name, op, layer, index, inputs, outputs: [{ ...output!, name }] },
    })),
  };
}
