import { createGraphBuilder, decompose, type Graph, type Node, type ValueName } from '@descent/autodiff';
import { reachable } from '../reachable.ts';
import { unsupported } from '../unsupported.ts';

/** Operators that ONNX got after opset 17, the one that is written: their function bodies stand for them. */
const laterOperators: ReadonlySet<string> = new Set([
  'Attention',
  'Gelu',
  'GroupNormalization',
  'Mish',
  'RMSNormalization',
  'RotaryEmbedding',
  'Swish',
]);

/** Attributes that operators got after opset 17. */
const laterAttributes: Readonly<Record<string, readonly string[]>> = {
  Resize: ['antialias', 'axes', 'keep_aspect_ratio_policy'],
  AveragePool: ['dilations'],
  LpPool: ['ceil_mode', 'dilations'],
};

/**
 * The same computation in standard operators of opset 17, each in a form that onnxruntime runs.
 *
 * @throws DescentError EXPORT_UNSUPPORTED with every node that has no such form
 */
export function standardGraph(graph: Graph): Graph {
  let current = graph;
  for (;;) {
    const foreign = new Set(reachable(current).nodes.filter((node) => !isStandard(node)));
    if (foreign.size === 0) return inFormOfOpset17(current);
    const next = decompose(current, (node) => foreign.has(node));
    const left = next.nodes.filter((node) => foreign.has(node));
    if (left.length > 0) throw unsupported('ONNX (opset 17)', left);
    current = next;
  }
}

function isStandard({ op, attributes }: Node): boolean {
  if (laterOperators.has(op) || laterAttributes[op]?.some((name) => Object.hasOwn(attributes, name)))
    return false;
  switch (op) {
    case 'Pad':
      return attributes.mode !== 'wrap';
    // onnxruntime has a kernel for odd sizes only.
    case 'LRN':
      return (attributes.size as number) % 2 === 1;
    // onnxruntime has neither batch-first cells nor all of their activations, and clips elsewhere.
    case 'RNN':
    case 'GRU':
    case 'LSTM':
      return ['layout', 'activations', 'clip'].every((name) => (attributes[name] ?? 0) === 0);
    default:
      return !op.endsWith('Grad');
  }
}

/** onnxruntime does not combine `auto_pad` with dilations; the pads it stands for always work. */
function withPads({ types }: Graph, { attributes, inputs, outputs }: Node): Node['attributes'] {
  const { auto_pad: mode, ...others } = attributes;
  const sizes = (value: string | undefined) => types.get(value!)!.shape.slice(2) as readonly number[];
  const [input, kernel, output] = [sizes(inputs[0]), sizes(inputs[1]), sizes(outputs[0])];
  const list = (name: string) => (attributes[name] as readonly number[] | undefined) ?? kernel.map(() => 1);
  const [strides, dilations] = [list('strides'), list('dilations')];
  const missing = kernel.map((size, axis) => {
    const reach = (output[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1;
    return mode === 'VALID' ? 0 : Math.max(0, reach - input[axis]!);
  });
  const [less, more] = [
    missing.map((size) => Math.floor(size / 2)),
    missing.map((size) => Math.ceil(size / 2)),
  ];
  if (mode === 'NOTSET') return others;
  return { ...others, pads: mode === 'SAME_LOWER' ? [...more, ...less] : [...less, ...more] };
}

/** What later opsets say in fewer words: Pad with `axes`, Split with `num_outputs`. Indices where ONNX takes int64 only. */
function inFormOfOpset17(graph: Graph): Graph {
  const builder = createGraphBuilder(graph);
  const rank = (value: ValueName) => graph.types.get(value)!.shape.length;
  const integersOf = (value: ValueName) => Array.from(graph.constants.get(value)!.data, Number);
  const wide = (value: ValueName): ValueName => {
    return graph.types.get(value)?.dtype === 'int32' ? builder.add('Cast', [value], { to: 'int64' }) : value;
  };
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const before = builder.nodes.length;
    const rewritten = rewrite(node);
    return [...builder.nodes.slice(before), rewritten];
  });

  function rewrite(node: Node): Node {
    const [first = '', second = '', third = '', fourth = ''] = node.inputs;
    switch (node.op) {
      case 'Pad':
        if (fourth === '') return node;
        return {
          ...node,
          inputs: [
            first,
            builder.integers(spread(integersOf(second), integersOf(fourth), rank(first))),
            third,
          ],
        };
      case 'Conv':
        return node.attributes.auto_pad === undefined ? node : { ...node, attributes: withPads(graph, node) };
      case 'Split': {
        const { num_outputs: _, ...attributes } = node.attributes;
        if (second !== '') return { ...node, attributes };
        const axis = ((node.attributes.axis as number | undefined) ?? 0) + rank(first);
        const widths = node.outputs.map((value) => graph.types.get(value)!.shape[axis % rank(first)]);
        if (!widths.every((width) => typeof width === 'number')) return { ...node, attributes };
        return { ...node, attributes, inputs: [first, builder.integers(widths)] };
      }
      // Withdrawn in opset 10; these settings of its successor are exact for whole factors.
      case 'Upsample':
        return {
          ...node,
          op: 'Resize',
          inputs: [first, '', second],
          attributes: {
            mode: 'nearest',
            nearest_mode: 'floor',
            coordinate_transformation_mode: 'asymmetric',
          },
        };
      case 'RNN':
      case 'GRU':
      case 'LSTM': {
        // Optional in ONNX, where it follows from the weights; onnxruntime wants to be told.
        const hidden = graph.types.get(third)!.shape.at(-1);
        if (typeof hidden !== 'number') return node;
        return { ...node, attributes: { ...node.attributes, hidden_size: hidden } };
      }
      case 'GatherND':
      case 'ScatterND':
      case 'ReverseSequence':
        return { ...node, inputs: node.inputs.with(1, wide(second)) };
      default:
        return node;
    }
  }

  const { constants, types } = builder.build();
  return { ...graph, constants, types, nodes };
}

function spread(widths: readonly number[], axes: readonly number[], rank: number): readonly number[] {
  const all = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, place) => {
    const counted = axis < 0 ? axis + rank : axis;
    all[counted] = widths[place]!;
    all[counted + rank] = widths[place + axes.length]!;
  });
  return all;
}
