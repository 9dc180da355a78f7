import type { Attributes, Node, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { wrongAttribute } from './refuse.ts';

/** An activation of a recurrent node with its numbers filled in. */
export interface Activation {
  readonly name: string;
  value(x: number): number;
  build(graph: GraphBuilder, x: ValueName): ValueName;
}

interface Kind {
  /** Defaults of the numbers that it takes. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly value: (x: number, alpha: number, beta: number) => number;
  readonly build: (graph: GraphBuilder, x: ValueName, alpha: number, beta: number) => ValueName;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const times = (graph: GraphBuilder, x: ValueName, factor: number) =>
  graph.add('Mul', [x, graph.scalar(factor)]);

/** The names that ONNX gives to activations of recurrent operators. */
const kinds: Readonly<Record<string, Kind>> = {
  Affine: {
    alpha: 1,
    beta: 0,
    value: (x, alpha, beta) => alpha * x + beta,
    build: (graph, x, alpha, beta) => graph.add('Add', [times(graph, x, alpha), graph.scalar(beta)]),
  },
  Elu: {
    alpha: 1,
    value: (x, alpha) => (x >= 0 ? x : alpha * Math.expm1(x)),
    build: (graph, x, alpha) => graph.add('Elu', [x], { alpha }),
  },
  HardSigmoid: {
    alpha: 0.2,
    beta: 0.5,
    value: (x, alpha, beta) => Math.min(1, Math.max(0, alpha * x + beta)),
    build: (graph, x, alpha, beta) => graph.add('HardSigmoid', [x], { alpha, beta }),
  },
  LeakyRelu: {
    alpha: 0.01,
    value: (x, alpha) => (x >= 0 ? x : alpha * x),
    build: (graph, x, alpha) => graph.add('LeakyRelu', [x], { alpha }),
  },
  Relu: { value: (x) => Math.max(0, x), build: (graph, x) => graph.add('Relu', [x]) },
  ScaledTanh: {
    alpha: 1,
    beta: 1,
    value: (x, alpha, beta) => alpha * Math.tanh(beta * x),
    build: (graph, x, alpha, beta) => times(graph, graph.add('Tanh', [times(graph, x, beta)]), alpha),
  },
  Sigmoid: { value: sigmoid, build: (graph, x) => graph.add('Sigmoid', [x]) },
  Softplus: {
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    build: (graph, x) => graph.add('Softplus', [x]),
  },
  Softsign: { value: (x) => x / (1 + Math.abs(x)), build: (graph, x) => graph.add('Softsign', [x]) },
  Tanh: { value: Math.tanh, build: (graph, x) => graph.add('Tanh', [x]) },
  ThresholdedRelu: {
    alpha: 1,
    value: (x, alpha) => (x > alpha ? x : 0),
    build: (graph, x, alpha) => graph.add('ThresholdedRelu', [x], { alpha }),
  },
};

/** Exporters write the names in either case. */
const byName = new Map(Object.entries(kinds).map(([name, kind]) => [name.toLowerCase(), { name, kind }]));

/**
 * The activations of each direction: those named, or `defaults` in every direction. `activation_alpha` and
 * `activation_beta` are handed out in order to the activations that take such a number.
 */
export function activationsOf(
  attributes: Attributes,
  defaults: readonly string[],
  directions: number,
): readonly (readonly Activation[])[] {
  const names =
    (attributes.activations as readonly string[] | undefined) ??
    Array.from({ length: directions }, () => defaults).flat();
  const alphas = [...((attributes.activation_alpha as readonly number[] | undefined) ?? [])];
  const betas = [...((attributes.activation_beta as readonly number[] | undefined) ?? [])];
  const chosen = names.map((given): Activation => {
    const { name, kind } = byName.get(given.toLowerCase())!;
    const alpha = kind.alpha === undefined ? 0 : (alphas.shift() ?? kind.alpha);
    const beta = kind.beta === undefined ? 0 : (betas.shift() ?? kind.beta);
    return {
      name,
      value: (x) => kind.value(x, alpha, beta),
      build: (graph, x) => kind.build(graph, x, alpha, beta),
    };
  });
  return Array.from({ length: directions }, (_, direction) =>
    chosen.slice(direction * defaults.length, (direction + 1) * defaults.length),
  );
}

/** Refuses unknown names and a wrong number of them. */
export function checkActivations(node: Pick<Node, 'name' | 'op' | 'attributes'>, count: number): void {
  const names = node.attributes.activations as readonly string[] | undefined;
  if (names === undefined) return;
  const unknown = names.find((name) => !byName.has(name.toLowerCase()));
  if (unknown !== undefined) {
    throw wrongAttribute(
      node,
      'activations',
      `has "${unknown}", not one of ${Object.keys(kinds).join(', ')}`,
    );
  }
  if (names.length !== count) {
    throw wrongAttribute(node, 'activations', `has ${names.length} names where ${count} belong`);
  }
}
