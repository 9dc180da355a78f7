import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { OperationName } from '../operations/index.ts';
import { distinct, integers, operationCase } from './operation-case.ts';

const cells = [
  { op: 'RNN', gates: 1, states: 1 },
  { op: 'GRU', gates: 3, states: 1 },
  { op: 'LSTM', gates: 4, states: 2 },
] as const satisfies readonly { op: OperationName; gates: number; states: number }[];

const [steps, features, hidden] = [4, 3, 2];

function fedFor(gates: number, { directions = 1, layout = 0 }) {
  return {
    x: distinct(layout === 0 ? [steps, 'batch', features] : ['batch', steps, features]),
    w: distinct([directions, gates * hidden, features]),
    r: distinct([directions, gates * hidden, hidden]),
    b: distinct([directions, 2 * gates * hidden]),
    h: distinct(layout === 0 ? [directions, 'batch', hidden] : ['batch', directions, hidden]),
    c: distinct(layout === 0 ? [directions, 'batch', hidden] : ['batch', directions, hidden]),
    p: distinct([directions, 3 * hidden]),
    lengths: integers('int32', ['batch'], [2, 4, 1]),
  };
}

const settings: readonly (readonly [string, Attributes])[] = [
  ['forward', {}],
  ['reverse', { direction: 'reverse' }],
  ['in both directions', { direction: 'bidirectional', hidden_size: hidden }],
  ['batch first, in both directions', { direction: 'bidirectional', layout: 1 }],
  ['clipped', { clip: 0.73 }],
];

/** All outputs in one value, each with a gradient of its own. */
function mixed(graph: GraphBuilder, outputs: readonly ValueName[], layout: unknown): ValueName {
  const states = outputs.slice(1).reduce((product, state) => graph.add('Mul', [product, state]));
  const beside = layout === 1 ? graph.add('Unsqueeze', [states, graph.integers([1])]) : states;
  return graph.add('Add', [outputs[0]!, beside]);
}

const plain = cells.flatMap(({ op, gates, states }) =>
  settings.flatMap(([name, attributes]) => {
    const directions = attributes.direction === 'bidirectional' ? 2 : 1;
    const { x, w, r, b, h, c, lengths } = fedFor(gates, {
      directions,
      layout: Number(attributes.layout ?? 0),
    });
    return [
      operationCase(`${op} ${name}, without bias or states`, { x, w, r }, (graph, inputs) =>
        graph.add(op, [inputs.x, inputs.w, inputs.r], attributes),
      ),
      operationCase(
        `${op} ${name}, all outputs`,
        { x, w, r, b, h, c },
        (graph, inputs) => {
          const given = [inputs.x, inputs.w, inputs.r, inputs.b, '', inputs.h];
          const all = states === 2 ? [...given, inputs.c] : given;
          return mixed(graph, graph.addMany(op, all, attributes, states + 1), attributes.layout);
        },
        ['x', 'w', 'r', 'b', 'h', ...(states === 2 ? (['c'] as const) : [])],
      ),
      operationCase(
        `${op} ${name}, sequences of different lengths`,
        { x, w, r, b, lengths },
        (graph, inputs) => {
          const given = [inputs.x, inputs.w, inputs.r, inputs.b, inputs.lengths];
          return mixed(graph, graph.addMany(op, given, attributes, states + 1), attributes.layout);
        },
      ),
    ];
  }),
);

const named: readonly (readonly [OperationName, number, Attributes])[] = [
  ['RNN', 1, { activations: ['ScaledTanh'], activation_alpha: [1.7], activation_beta: [0.6] }],
  ['RNN', 1, { activations: ['Affine'], activation_alpha: [0.3], activation_beta: [0.1] }],
  ['RNN', 1, { activations: ['Softsign'] }],
  ['RNN', 1, { activations: ['Softplus'] }],
  ['RNN', 1, { activations: ['relu'] }],
  ['RNN', 1, { activations: ['ThresholdedRelu'], activation_alpha: [0.2] }],
  ['RNN', 1, { direction: 'bidirectional', activations: ['LeakyRelu', 'Elu'], activation_alpha: [0.1, 0.5] }],
  ['GRU', 3, { activations: ['HardSigmoid', 'Tanh'], activation_alpha: [0.15], activation_beta: [0.45] }],
  ['LSTM', 4, { activations: ['Sigmoid', 'Softsign', 'Affine'], activation_alpha: [0.5] }],
];

const activations = named.map(([op, gates, attributes]) => {
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const { x, w, r, b } = fedFor(gates, { directions });
  return operationCase(`${op} with ${JSON.stringify(attributes)}`, { x, w, r, b }, (graph, inputs) =>
    graph.add(op, [inputs.x, inputs.w, inputs.r, inputs.b], attributes),
  );
});

const special = [
  ...[0, 1].flatMap((withState) => {
    const { x, w, r, b, h } = fedFor(3, {});
    return operationCase(
      `GRU, linear before reset, ${withState === 1 ? 'with' : 'without'} a state`,
      { x, w, r, b, h },
      (graph, inputs) => {
        const given = [inputs.x, inputs.w, inputs.r, inputs.b, ...(withState === 1 ? ['', inputs.h] : [])];
        return graph.add('GRU', given, { linear_before_reset: 1 });
      },
      ['x', 'w', 'r', 'b', ...(withState === 1 ? (['h'] as const) : [])],
    );
  }),
  ...[0, 1].map((input_forget) => {
    const { x, w, r, b, h, c, p } = fedFor(4, {});
    return operationCase(
      `LSTM with peepholes, input_forget ${input_forget}`,
      { x, w, r, b, h, c, p },
      (graph, inputs) =>
        graph.add('LSTM', [inputs.x, inputs.w, inputs.r, inputs.b, '', inputs.h, inputs.c, inputs.p], {
          input_forget,
        }),
    );
  }),
  operationCase(
    'LSTM of one step',
    { x: distinct([1, 'batch', 3]), w: distinct([1, 8, 3]), r: distinct([1, 8, 2]), p: distinct([1, 6]) },
    (graph, { x, w, r, p }) => graph.add('LSTM', [x, w, r, '', '', '', '', p]),
    ['x', 'w', 'p'],
  ),
];

export const recurrentCases = [...plain, ...activations, ...special];
