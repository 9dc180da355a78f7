import { broadcastShapes, countOf, renderShape, type Shape, sameDim, sameShape } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { ShapeContext } from '../operation.ts';
import { mismatch } from './refuse.ts';

/** Common shape of broadcast inputs, or an error that names both shapes. */
export function broadcastOrRefuse(context: ShapeContext, shapes: readonly Shape[]): Shape {
  return shapes.reduce((common, shape) => {
    const both = broadcastShapes(common, shape);
    if (both === undefined) {
      throw mismatch(context, `shapes ${renderShape(common)} and ${renderShape(shape)} do not broadcast`);
    }
    return both;
  });
}

/** Sums a gradient over the axes along which a value of shape `to` was broadcast: the adjoint of broadcasting. */
export function unbroadcast(graph: GraphBuilder, gradient: ValueName, to: Shape): ValueName {
  const from = graph.type(gradient).shape;
  if (sameShape(from, to)) return gradient;
  const lead = from.length - to.length;
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  const inner = to.flatMap((dim, axis) => (sameDim(dim, from[axis + lead]) ? [] : [axis + lead]));
  const axes = graph.integers([...leading, ...inner]);
  if (inner.length === 0) return graph.add('ReduceSum', [gradient, axes], { keepdims: 0 });
  const summed = graph.add('ReduceSum', [gradient, axes], { keepdims: 1 });
  return lead === 0 ? summed : graph.add('Squeeze', [summed, graph.integers(leading)]);
}

/** Broadcasts to the shape of `like`. Reads that shape at run time only where it must: a new batch axis. */
export function expandLike(graph: GraphBuilder, value: ValueName, like: ValueName): ValueName {
  const from = graph.type(value).shape;
  const to = graph.type(like).shape;
  if (sameShape(from, to)) return value;
  const lead = to.length - from.length;
  const target = to.map((dim, axis) => (sameDim(dim, from[axis - lead]) ? 1 : dim));
  const fixed = target.every((dim): dim is number => typeof dim === 'number');
  return graph.add('Expand', [value, fixed ? graph.integers(target) : graph.add('Shape', [like])]);
}

/** Reshapes to the shape of `like`; one symbolic axis is inferred by the `Reshape` itself. */
export function reshapeLike(graph: GraphBuilder, value: ValueName, like: ValueName): ValueName {
  const to = graph.type(like).shape;
  if (sameShape(graph.type(value).shape, to)) return value;
  const symbolic = to.filter((dim) => countOf(dim).power > 0).length;
  const target = to.map((dim) => (typeof dim === 'number' ? dim : -1));
  const shape = symbolic <= 1 && !target.includes(0) ? graph.integers(target) : graph.add('Shape', [like]);
  return graph.add('Reshape', [value, shape]);
}
