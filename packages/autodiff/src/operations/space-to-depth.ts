import { renderShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { DecomposeContext, Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { blockOrRefuse } from './depth-to-space.ts';

/**
 * ONNX SpaceToDepth: [n, c, h·b, w·b] → [n, b²·c, h, w] for `blocksize` b; the channels come out as [b, b, c]. The
 * inverse of DepthToSpace in mode DCR.
 */
export const spaceToDepth: Operation = {
  inputs: [{ name: 'input', dtypes: 'any' }],
  attributes: { blocksize: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const block = blockOrRefuse(context);
    const [channels, height, width] = shape.slice(1).map(Number) as [number, number, number];
    if (height % block !== 0 || width % block !== 0) {
      throw mismatch(context, `the plane of ${renderShape(shape)} has no blocks of ${block} × ${block}`);
    }
    return [{ dtype, shape: [shape[0]!, channels * block ** 2, height / block, width / block] }];
  },
  evaluate: ([input], attributes, [type]) => {
    const block = integer(attributes, 'blocksize', 1);
    const [samples, , height, width] = type!.shape as readonly [number, number, number, number];
    const [n, c, h, w] = stridesOf(input!.shape) as [number, number, number, number];
    const from = offsets(
      [samples, block, block, input!.shape[1]!, height, width],
      [n, h, w, c, h * block, w * block],
    );
    const values = numbers(input!);
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: 'decompose',
  decompose: (context) => [rearranged(context)],
  flops: () => 0,
};

function rearranged({ graph, node, type }: DecomposeContext): ValueName {
  const block = integer(node.attributes, 'blocksize', 1);
  const [channels, height, width] = type(node.inputs[0]!).shape.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  const split = [0, channels, height / block, block, width / block, block];
  const apart = graph.add('Reshape', [node.inputs[0]!, graph.integers(split)]);
  const target = graph.integers([0, channels * block ** 2, height / block, width / block]);
  return graph.add('Reshape', [graph.add('Transpose', [apart], { perm: [0, 3, 5, 1, 2, 4] }), target]);
}
