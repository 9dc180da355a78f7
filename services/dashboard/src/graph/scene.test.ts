import type { JobGraph } from '@descent/client';
import { describe, expect, test } from 'vitest';
import { groupsOf, objectiveGroup, sceneOf } from './scene.ts';

const node = (
  name: string,
  layer: string | null,
  inputs: string[],
  part: JobGraph['nodes'][number]['part'] = 'forward',
): JobGraph['nodes'][number] => ({
  name,
  op: name.toUpperCase(),
  index: 0,
  layer,
  part,
  differentiates: null,
  inputs,
  outputs: [`${name}.out`],
  flops: 10,
  parameters: 2,
});
const value = (name: string, role: JobGraph['values'][number]['role'], shape: (number | string)[]) => ({
  name,
  role,
  dtype: 'float32',
  shape,
  label: name,
});

const nodes = [
  node('gemm', 'dense', ['x', 'w', 'axes']),
  node('relu', 'dense', ['gemm.out']),
  node('loss', null, ['relu.out'], 'objective'),
  node('back', 'dense', ['relu.out'], 'backward'),
];
const graph: JobGraph = {
  kind: 'training',
  batch: 8,
  values: [
    value('x', 'input', ['batch', 3]),
    value('w', 'parameter', [3, 2]),
    value('axes', 'constant', [1]),
    ...nodes.map(({ outputs }) => value(outputs[0]!, 'node', ['batch', 2])),
  ],
  nodes,
  edges: nodes.flatMap(({ name, inputs }) =>
    inputs.map((input, index) => ({
      value: input,
      from: nodes.find(({ outputs }) => outputs.includes(input))?.name ?? null,
      to: name,
      input: index,
    })),
  ),
  layers: [
    {
      name: 'dense',
      type: 'dense',
      outputShape: ['batch', 2],
      parameters: 6,
      flops: 20,
      nodes: ['gemm', 'relu'],
      backwardNodes: ['back'],
    },
  ],
  totals: { parameters: 6, forwardFlops: 30, backwardFlops: 10 },
  outputs: {},
};
const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

describe('the drawing of a graph', () => {
  test('groups stand in the order of their first operation, the loss last', () => {
    expect(groupsOf(graph)).toEqual(['dense', objectiveGroup]);
  });

  test('a folded layer is one box with the sums of its operations, and hides its parameters', () => {
    const { boxes, edges } = sceneOf(graph, { expanded: new Set(), backward: false });
    expect(ids(boxes)).toEqual(['value x', 'layer dense', `layer ${objectiveGroup}`]);
    expect(boxes[1]).toMatchObject({
      flops: 20,
      parameters: 6,
      outputs: ['relu.out'],
      nodes: ['gemm', 'relu'],
    });
    // Two outputs of [8, 2] float32.
    expect(boxes[1]?.bytes).toBe(128);
    expect(edges.map(({ from, to, shape }) => [from, to, shape])).toEqual([
      ['value x', 'layer dense', 'batch × 3'],
      ['layer dense', `layer ${objectiveGroup}`, 'batch × 2'],
    ]);
  });

  test('an expanded layer shows operations and parameters, never constants', () => {
    const { boxes, edges, clusters } = sceneOf(graph, { expanded: new Set(['dense']), backward: false });
    expect(ids(boxes)).toEqual(['value x', 'value w', 'gemm', 'relu', `layer ${objectiveGroup}`]);
    expect(clusters).toEqual([{ title: 'dense', group: 'dense', boxes: ['gemm', 'relu'] }]);
    expect(edges.map(({ from, to }) => [from, to])).toContainEqual(['value w', 'gemm']);
  });

  test('the derived backward pass is drawn on demand, as a box beside its layer', () => {
    const { boxes } = sceneOf(graph, { expanded: new Set(), backward: true });
    expect(ids(boxes)).toContain('gradient of dense');
    expect(ids(sceneOf(graph, { expanded: new Set(), backward: false }).boxes)).not.toContain(
      'gradient of dense',
    );
  });
});
