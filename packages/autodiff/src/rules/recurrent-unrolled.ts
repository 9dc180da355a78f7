import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { DecomposeContext } from '../operation.ts';
import { integer, real, text } from './attributes.ts';
import { type Cell, type CellGraph, type RecurrentSizes, recurrentSizes } from './recurrent.ts';
import { activationsOf } from './recurrent-activations.ts';

/** The function body: the input's products at once, then one step after the other over the known length. */
export function unrollCell(context: DecomposeContext, cell: Cell): readonly ValueName[] {
  const { graph, node, type } = context;
  const { attributes } = node;
  const [x, , r] = node.inputs as [ValueName, ValueName, ValueName];
  const sizes = recurrentSizes(type(x).shape, type(r).shape, attributes);
  const batchFirst = integer(attributes, 'layout', 0) === 1;
  const stepsFirst = (value: ValueName) =>
    batchFirst ? graph.add('Transpose', [value], { perm: [1, 0, 2] }) : value;
  const sequence = stepsFirst(x);
  const initial = [5, 6].slice(0, cell.states).map((input) => {
    const value = node.inputs[input] ?? '';
    return value === '' ? undefined : perDirection(graph, stepsFirst(value), sizes.directions);
  });
  const runs = Array.from({ length: sizes.directions }, (_, direction) =>
    unrollDirection(context, cell, {
      direction,
      sizes,
      sequence,
      initial: initial.map((each) => each?.[direction]),
    }),
  );
  const joined = (values: readonly ValueName[], axis: number) =>
    values.length === 1 ? values[0]! : graph.add('Concat', values, { axis });
  const y = joined(
    runs.map(({ hidden }) => graph.add('Unsqueeze', [hidden, graph.integers([1])])),
    1,
  );
  const states = Array.from({ length: cell.states }, (_, index) =>
    joined(
      runs.map(({ last }) => last[index]!),
      0,
    ),
  );
  return [
    batchFirst ? graph.add('Transpose', [y], { perm: [2, 0, 1, 3] }) : y,
    ...states.map((state) => stepsFirst(state)),
  ];
}

interface Direction {
  readonly direction: number;
  readonly sizes: RecurrentSizes;
  /** [steps, batch, features] */
  readonly sequence: ValueName;
  readonly initial: readonly (ValueName | undefined)[];
}

/** Hidden states of all steps [steps, batch, hidden] and the last states [1, batch, hidden]. */
function unrollDirection(
  { graph, node }: DecomposeContext,
  cell: Cell,
  { direction, sizes, sequence, initial }: Direction,
): { readonly hidden: ValueName; readonly last: readonly ValueName[] } {
  const { attributes } = node;
  const { steps, hidden, directions } = sizes;
  const rows = cell.gates * hidden;
  const own = (input: number): ValueName | undefined => {
    const value = node.inputs[input] ?? '';
    if (value === '') return undefined;
    return graph.add('Squeeze', [perDirection(graph, value, directions)[direction]!, graph.integers([0])]);
  };
  const turned = (value: ValueName) => graph.add('Transpose', [value], { perm: [1, 0] });
  const [wb, rb] = halves(graph, own(3), rows);
  const limit = attributes.clip === undefined ? undefined : real(attributes, 'clip', 0);
  const p = own(7);
  const cellGraph: CellGraph = {
    graph,
    hidden,
    r: turned(own(2)!),
    rb: cell.bias === 'input' ? rb : undefined,
    peepholes: p === undefined ? [] : graph.addMany('Split', [p], { axis: 0 }, 3),
    activations: activationsOf(attributes, cell.activations, directions)[direction]!,
    attributes,
    clip: (value) =>
      limit === undefined ? value : graph.add('Clip', [value, graph.scalar(-limit), graph.scalar(limit)]),
  };
  const take = cell.build(cellGraph);
  const products = graph.add('MatMul', [sequence, turned(own(1)!)]);
  const bias =
    wb === undefined || rb === undefined || cell.bias === 'input' ? wb : graph.add('Add', [wb, rb]);
  const shifted = bias === undefined ? products : graph.add('Add', [products, bias]);
  const parts = steps === 1 ? [shifted] : graph.addMany('Split', [shifted], { axis: 0 }, steps);
  const within = masks(graph, node.inputs[4] ?? '');

  const backward = direction === 1 || text(attributes, 'direction', 'forward') === 'reverse';
  const order = Array.from({ length: steps }, (_, step) => (backward ? steps - 1 - step : step));
  const outputs = new Array<ValueName>(steps);
  let states = initial;
  for (const step of order) {
    const next = take(parts[step]!, states);
    const mask = within?.(step);
    const before = states;
    const kept = (value: ValueName, old: ValueName | undefined) =>
      mask === undefined ? value : graph.add('Where', [mask, value, old ?? graph.scalar(0)]);
    outputs[step] = kept(next[0]!, undefined);
    states = next.map((value, index) => kept(value, before[index]));
  }
  return {
    hidden: steps === 1 ? outputs[0]! : graph.add('Concat', outputs, { axis: 0 }),
    last: states.map((state) => state!),
  };
}

/** Cut along the first axis, one piece per direction, the axis kept as 1. */
function perDirection(graph: GraphBuilder, value: ValueName, directions: number): readonly ValueName[] {
  return directions === 1 ? [value] : graph.addMany('Split', [value], { axis: 0 }, directions);
}

function halves(
  graph: GraphBuilder,
  bias: ValueName | undefined,
  rows: number,
): readonly [ValueName | undefined, ValueName | undefined] {
  if (bias === undefined) return [undefined, undefined];
  const [wb, rb] = graph.addMany('Split', [bias, graph.integers([rows, rows])], { axis: 0 }, 2);
  return [wb, rb];
}

/** Per step, which samples still have one [batch, 1]; undefined where all sequences are whole. */
function masks(graph: GraphBuilder, lengths: ValueName): ((step: number) => ValueName) | undefined {
  if (lengths === '') return undefined;
  const column = graph.add('Unsqueeze', [
    graph.add('Cast', [lengths], { to: 'float32' }),
    graph.integers([1]),
  ]);
  return (step) => graph.add('Greater', [column, graph.scalar(step)]);
}
