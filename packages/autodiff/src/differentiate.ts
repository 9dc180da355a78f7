import { DescentError } from '@descent/errors';
import { decomposeOnce } from './decompose.ts';
import { elementCountOf, renderShape, sameShape } from './dim.ts';
import type { Graph, Node, ValueName } from './graph.ts';
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts';
import type { Operation } from './operation.ts';
import { operationOf } from './operations/index.ts';
import { expandLike } from './rules/broadcast.ts';

/**
 * Reverse-mode differentiation. Returns the graph with an output `gradient/<name>` for each value of `wrt`, of that
 * value's shape: the derivative of the loss, one float32 number. Each node that lies between `wrt` and the loss is
 * visited once, in reverse topological order; its rule adds the vector-Jacobian product. Nothing is added for values
 * that no member of `wrt` reaches. A value that the loss does not depend on gets a gradient of zeros.
 *
 * Griewank & Walther, Evaluating Derivatives (2008), chapter 3.
 */
export function differentiate(given: Graph, loss: string, wrt: readonly ValueName[]): Graph {
  checkedLoss(given, loss);
  const graph = withRules(given, wrt);
  const lossValue = graph.outputs.get(loss)!;
  const needed = valuesBehind(graph, wrt);
  const builder = createGraphBuilder(graph);
  const contributions = new Map<ValueName, ValueName[]>();
  if (needed.has(lossValue)) contributions.set(lossValue, [seed(builder, lossValue)]);

  const gradientOf = (value: ValueName): ValueName | undefined => {
    const parts = contributions.get(value);
    if (parts === undefined) return undefined;
    const sum = parts.reduce((total, part) => builder.add('Add', [total, part]));
    contributions.set(value, [sum]);
    return sum;
  };

  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => contributions.has(value))) continue;
    // Reached only where `wrt` names a value behind it: the gradient ends there.
    if (operationOf(node.op).gradient === 'zero') continue;
    const needs = node.inputs.map((value) => needed.has(value));
    if (!needs.includes(true)) continue;
    builder.inLayer(node.layer, () =>
      builder.inScope(`gradient/${node.name}`, () => {
        const outputGradients = node.outputs.map(gradientOf);
        const parts = ruleOf(
          node,
          loss,
        )({
          graph: builder,
          node,
          outputGradients,
          needs,
          type: (value) => builder.type(value),
          constant: (input) => graph.constants.get(node.inputs[input] ?? ''),
        });
        node.inputs.forEach((value, index) => {
          const part = parts[index];
          if (!needs[index] || part === undefined) return;
          checkShape(builder, node, value, part);
          const known = contributions.get(value);
          if (known === undefined) contributions.set(value, [part]);
          else known.push(part);
        });
      }),
    );
  }

  for (const value of wrt) {
    const gradient = builder.inScope('gradient', () => gradientOf(value)) ?? zeros(builder, value);
    builder.output(`gradient/${value}`, gradient);
  }
  return builder.build();
}

function checkedLoss(graph: Graph, loss: string): ValueName {
  const value = graph.outputs.get(loss);
  if (value === undefined)
    throw new DescentError('GRAPH_VALUE_UNKNOWN', { user: 'differentiate', value: loss });
  const { dtype, shape } = graph.types.get(value)!;
  const { coefficient, power } = elementCountOf(shape);
  if (dtype !== 'float32' || coefficient !== 1 || power !== 0) {
    const problem = `it is ${dtype} ${renderShape(shape)}, not one float32 number`;
    throw new DescentError('GRAPH_NOT_DIFFERENTIABLE', { loss, problem });
  }
  return value;
}

/** `wrt` and every value through which a gradient can flow back to it. */
function valuesBehind(graph: Graph, wrt: readonly ValueName[]): Set<ValueName> {
  for (const value of wrt) {
    const type = graph.types.get(value);
    if (type === undefined) throw new DescentError('GRAPH_VALUE_UNKNOWN', { user: 'differentiate', value });
    if (type.dtype !== 'float32') {
      const problem = `"${value}" is ${type.dtype}, and only float32 values have gradients`;
      throw new DescentError('GRAPH_NOT_DIFFERENTIABLE', { loss: value, problem });
    }
  }
  const needed = new Set(wrt);
  for (const node of graph.nodes) {
    if (operationOf(node.op).gradient === 'zero') continue;
    if (!node.inputs.some((value) => needed.has(value))) continue;
    for (const value of node.outputs) {
      if (graph.types.get(value)!.dtype === 'float32') needed.add(value);
    }
  }
  return needed;
}

/** Nodes on the way whose gradient is that of their function body are replaced by it. */
function withRules(graph: Graph, wrt: readonly ValueName[]): Graph {
  const needed = valuesBehind(graph, wrt);
  const next = decomposeOnce(
    graph,
    ({ op, inputs }) => operationOf(op).gradient === 'decompose' && inputs.some((value) => needed.has(value)),
  );
  return next === graph ? graph : withRules(next, wrt);
}

function ruleOf(node: Node, loss: string): Exclude<Operation['gradient'], string> {
  const { gradient } = operationOf(node.op);
  if (typeof gradient === 'function') return gradient;
  const problem = `the derivative of node "${node.name}" (${node.op}) is not known`;
  throw new DescentError('GRAPH_NOT_DIFFERENTIABLE', { loss, problem });
}

function seed(builder: GraphBuilder, loss: ValueName): ValueName {
  const { shape } = builder.type(loss);
  if (shape.length === 0) return builder.scalar(1);
  return builder.constant({ dtype: 'float32', shape: shape.map(() => 1), data: Float32Array.of(1) });
}

function zeros(builder: GraphBuilder, value: ValueName): ValueName {
  return builder.inScope(`gradient/${value}`, () => expandLike(builder, builder.scalar(0), value));
}

/** A rule that returns a gradient of another shape than its input is wrong, however well it evaluates. */
function checkShape(builder: GraphBuilder, node: Node, value: ValueName, gradient: ValueName): void {
  const [expected, actual] = [builder.type(value).shape, builder.type(gradient).shape];
  if (sameShape(expected, actual)) return;
  throw new DescentError('GRAPH_SHAPE_MISMATCH', {
    node: node.name,
    op: node.op,
    problem: `the gradient of "${value}" has shape ${renderShape(actual)}, its value ${renderShape(expected)}`,
    shapes: [renderShape(expected), renderShape(actual)],
  });
}
