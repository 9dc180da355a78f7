import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Equation, Label } from './einsum.ts';

interface Operand {
  readonly value: ValueName;
  readonly labels: readonly Label[];
}

/**
 * An Einstein sum in simpler operations: a diagonal for each label that repeats in a term, a sum over labels that
 * nothing else needs, and one matrix product (or, where nothing is summed, one product of elements) per further input,
 * from left to right.
 */
export function contract(graph: GraphBuilder, values: readonly ValueName[], equation: Equation): ValueName {
  const operands = values.map((value, index) =>
    withoutRepeats(graph, { value, labels: equation.inputs[index]! }),
  );
  const result = operands.reduce((left, right, index) => {
    const later = new Set([...equation.output, ...operands.slice(index + 1).flatMap(({ labels }) => labels)]);
    return product(
      graph,
      summed(graph, left, new Set([...later, ...right.labels])),
      summed(graph, right, new Set([...later, ...left.labels])),
      later,
    );
  });
  const kept = new Set(equation.output);
  return ordered(graph, summed(graph, result, kept), equation.output).value;
}

/** The diagonal of every two axes with one label, until no label repeats. */
function withoutRepeats(graph: GraphBuilder, operand: Operand): Operand {
  const { labels } = operand;
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second === -1) return operand;
  const first = labels.indexOf(labels[second]!);
  const rest = labels.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
  const perm = [...rest, first, second];
  const moved = transposed(graph, operand.value, perm);
  const size = Number(graph.type(operand.value).shape[second]);
  const target = [...rest.map(() => 0), size * size];
  const flat = graph.add('Reshape', [moved, graph.integers(target)]);
  const places = graph.integers(Array.from({ length: size }, (_, place) => place * (size + 1)));
  const value = graph.add('Gather', [flat, places], { axis: rest.length });
  return withoutRepeats(graph, { value, labels: [...rest.map((axis) => labels[axis]!), labels[second]!] });
}

function summed(graph: GraphBuilder, operand: Operand, needed: ReadonlySet<Label>): Operand {
  const axes = operand.labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return operand;
  const value = graph.add('ReduceSum', [operand.value, graph.integers(axes)], { keepdims: 0 });
  return { value, labels: operand.labels.filter((label) => needed.has(label)) };
}

function product(graph: GraphBuilder, a: Operand, b: Operand, later: ReadonlySet<Label>): Operand {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const inner = shared.filter((label) => !later.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  if (inner.length === 0) {
    const left = ordered(graph, a, [...batch, ...rows]).value;
    const right = ordered(graph, b, [...batch, ...columns]).value;
    const places = (from: number, count: number) => Array.from({ length: count }, (_, place) => from + place);
    return {
      value: graph.add('Mul', [
        unsqueezed(graph, left, places(batch.length + rows.length, columns.length)),
        unsqueezed(graph, right, places(batch.length, rows.length)),
      ]),
      labels,
    };
  }
  const left = ordered(graph, a, [...batch, ...rows, ...inner]).value;
  const right = ordered(graph, b, [...batch, ...inner, ...columns]).value;
  const [from, lead] = [graph.type(left).shape, batch.length];
  // Without batch axes the rows of a stay apart: a product of a stack and a matrix.
  const apart = lead === 0 && rows.length > 0;
  const leftGroups = apart
    ? [...rows.map(() => 1), inner.length]
    : [...batch.map(() => 1), rows.length, inner.length];
  const multiplied = graph.add('MatMul', [
    merged(graph, left, leftGroups),
    merged(graph, right, [...batch.map(() => 1), inner.length, columns.length]),
  ]);
  const to = graph.type(right).shape;
  const tail = [...(apart ? [] : from.slice(lead, lead + rows.length)), ...to.slice(lead + inner.length)];
  const kept = apart ? rows.length : lead;
  const separate = (apart ? 1 : rows.length) === 1 && columns.length === 1;
  const target = [
    ...new Array<number>(kept).fill(0),
    ...tail.map((dim) => (typeof dim === 'number' ? dim : -1)),
  ];
  return {
    value: separate ? multiplied : graph.add('Reshape', [multiplied, graph.integers(target)]),
    labels,
  };
}

/** Neighbouring axes made one, as many as each group says; an empty group becomes an axis of 1. */
function merged(graph: GraphBuilder, value: ValueName, groups: readonly number[]): ValueName {
  if (groups.every((count) => count === 1)) return value;
  const { shape } = graph.type(value);
  let axis = 0;
  let untouched = true;
  const target = groups.map((count) => {
    const dims = shape.slice(axis, axis + count);
    axis += count;
    untouched &&= count === 1;
    if (untouched) return 0;
    return dims.reduce<number>((size, dim) => (typeof dim === 'number' && size !== -1 ? size * dim : -1), 1);
  });
  return graph.add('Reshape', [value, graph.integers(target)]);
}

function ordered(graph: GraphBuilder, { value, labels }: Operand, wanted: readonly Label[]): Operand {
  return {
    value: transposed(
      graph,
      value,
      wanted.map((label) => labels.indexOf(label)),
    ),
    labels: wanted,
  };
}

function transposed(graph: GraphBuilder, value: ValueName, perm: readonly number[]): ValueName {
  return perm.every((axis, index) => axis === index) ? value : graph.add('Transpose', [value], { perm });
}

function unsqueezed(graph: GraphBuilder, value: ValueName, axes: readonly number[]): ValueName {
  return axes.length === 0 ? value : graph.add('Unsqueeze', [value, graph.integers(axes)]);
}
