import { decodeMessage } from '@descent/onnx-format';
import { describe, expect, it } from 'vitest';
import { trainingCases } from '../testing/training-graphs.ts';
import { emitModel, outputName } from './emit.ts';

function nodesOf(name: string, channelBlock?: number) {
  const { graph } = trainingCases.find((one) => one.name === name)!;
  const outputs = [...graph.outputs.keys()];
  const { bytes } = emitModel(graph, { batch: 2, outputs, channelBlock });
  const nodes = decodeMessage('ModelProto', bytes).graph!.node!;
  const placeOf = (output: string) =>
    nodes.findIndex((node) => node.output!.includes(outputName(outputs.indexOf(output))));
  return { nodes, placeOf };
}

describe('a written model', () => {
  it('has the results that are ready first at its end: onnxruntime runs what nobody reads from there', () => {
    const { nodes, placeOf } = nodesOf('an MLP');
    const layers = [3, 2, 1].map((layer) => placeOf(`gradient/dense${layer}/kernel`));
    expect(layers).toEqual(layers.toSorted((a, b) => b - a));
    const read = new Set(nodes.flatMap((node) => node.input!));
    const last = nodes.findLastIndex((node) => node.output!.some((value) => read.has(value)));
    expect(Math.min(...layers)).toBeGreaterThan(last);
  });

  it('computes a convolution of few channels in the pieces of the pooling behind it', () => {
    const { nodes } = nodesOf('a CNN in channel blocks', 16);
    const count = (opType: string) => nodes.filter((node) => node.opType === opType).length;
    // conv1 in four pieces, conv2 to conv4, three gradients of inputs; the second pooling cuts a whole into its pieces.
    expect(count('Conv')).toBe(4 + 3 + 3);
    expect(count('MaxPool')).toBe(1);
    expect(count('Max')).toBe(1);
  });
});
