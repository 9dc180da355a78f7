import { multiplyDims, renderShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { DecomposeContext, Operation, ShapeContext } from '../operation.ts';
import { integer, text } from '../rules/attributes.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX DepthToSpace: [n, c·b², h, w] → [n, c, h·b, w·b] for `blocksize` b. Mode DCR (default) reads the channels as
 * [b, b, c], mode CRD as [c, b, b].
 */
export const depthToSpace: Operation = {
  inputs: [{ name: 'input', dtypes: 'any' }],
  attributes: { blocksize: 'integer', mode: 'text' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const block = blockOrRefuse(context);
    const [samples, channels, height, width] = shape;
    const depth = Number(channels) / block ** 2;
    const mode = text(context.node.attributes, 'mode', 'DCR');
    if (mode !== 'DCR' && mode !== 'CRD') throw wrongAttribute(context.node, 'mode', 'must be DCR or CRD');
    if (!Number.isInteger(depth)) {
      throw mismatch(
        context,
        `${channels} channels of ${renderShape(shape)} are no multiple of ${block} × ${block}`,
      );
    }
    return [{ dtype, shape: [samples!, depth, multiplyDims(height!, block)!, multiplyDims(width!, block)!] }];
  },
  evaluate: ([input], attributes, [type]) => {
    const [block, byColumn] = settingsOf(attributes);
    const [samples, depth, height, width] = type!.shape as readonly [number, number, number, number];
    const [n, c, h, w] = stridesOf(input!.shape) as [number, number, number, number];
    // Steps through the channels of the input for one channel, row and column of a block.
    const [channel, row, column] = byColumn
      ? [c * block * block, c * block, c]
      : [c, c * depth * block, c * depth];
    const from = offsets(
      [samples, depth, height / block, block, width / block, block],
      [n, channel, h, row, w, column],
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
  const { shape } = type(node.inputs[0]!);
  const [block, byColumn] = settingsOf(node.attributes);
  const [height, width] = [Number(shape[2]), Number(shape[3])];
  const depth = Number(shape[1]) / block ** 2;
  const channels = byColumn ? [depth, block, block] : [block, block, depth];
  const perm = byColumn ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  const apart = graph.add('Reshape', [node.inputs[0]!, graph.integers([0, ...channels, height, width])]);
  const target = graph.integers([0, depth, height * block, width * block]);
  return graph.add('Reshape', [graph.add('Transpose', [apart], { perm }), target]);
}

function settingsOf(attributes: Attributes): readonly [block: number, byColumn: boolean] {
  return [integer(attributes, 'blocksize', 1), text(attributes, 'mode', 'DCR') === 'CRD'];
}

/** A block size that is given and fits; the input has four axes, all but the first of them fixed. */
export function blockOrRefuse(context: ShapeContext): number {
  const { node } = context;
  const { shape } = context.inputs[0]!;
  const block = node.attributes.blocksize;
  if (typeof block !== 'number' || block < 1 || block > 2 ** 15) {
    throw wrongAttribute(node, 'blocksize', block === undefined ? 'is missing' : 'must be at least 1');
  }
  if (shape.length !== 4 || shape.slice(1).some((dim) => typeof dim !== 'number')) {
    throw mismatch(context, `takes [samples, channels, height, width], not ${renderShape(shape)}`);
  }
  return block;
}
