import { tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { createGraphBuilder } from './graph-builder.ts';
import { graphHash } from './graph-hash.ts';

interface Choices {
  readonly nodeName?: string;
  readonly parameter?: string;
  readonly axis?: number;
  readonly factor?: number;
  readonly width?: number;
}

function hash({ nodeName = 'a', parameter = 'w', axis = 1, factor = 2, width = 3 }: Choices = {}): string {
  const graph = createGraphBuilder();
  const w = graph.parameter(parameter, [2, width]);
  const scale = graph.constant(tensor('float32', [1], Float32Array.of(factor)));
  const scaled = graph.add('Mul', [w, scale], {}, nodeName);
  graph.output('y', graph.add('Softmax', [scaled], { axis }));
  return graphHash(graph.build());
}

test('the same computation has the same hash, whatever its nodes are called', () => {
  expect(hash()).toMatch(/^[0-9a-f]{64}$/);
  expect(hash()).toBe(hash());
  expect(hash({ nodeName: 'b' })).toBe(hash());
});

test('a name of a parameter, an attribute, a constant and a shape each change the hash', () => {
  const hashes = [
    hash(),
    hash({ parameter: 'v' }),
    hash({ axis: 0 }),
    hash({ factor: 3 }),
    hash({ width: 4 }),
  ];
  expect(new Set(hashes).size).toBe(5);
});
