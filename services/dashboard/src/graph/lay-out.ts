import { Graph, layout } from '@dagrejs/dagre';
import type { Scene } from './scene.ts';

export const boxWidth = 208;
export const boxHeight = 74;
const framePadding = 26;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything stands, top left corners; by box id and by title of a cluster. */
export interface Layout {
  readonly boxes: ReadonlyMap<string, Place>;
  readonly clusters: ReadonlyMap<string, Place>;
  readonly bounds: Place;
}

/** Layers from top to bottom in topological order; the operations of a cluster stay together. */
export function layOut({ boxes, edges, clusters }: Scene): Layout {
  const drawing = new Graph({ compound: true, multigraph: true });
  drawing.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 46, marginx: 12, marginy: 12 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes) drawing.setNode(id, { width: boxWidth, height: boxHeight });
  for (const { title, boxes: inside } of clusters) {
    const cluster = `cluster ${title}`;
    drawing.setNode(cluster, {});
    for (const id of inside) drawing.setParent(id, cluster);
  }
  for (const { id, from, to } of edges) drawing.setEdge(from, to, {}, id);
  layout(drawing);

  const placed = new Map(boxes.map(({ id }) => [id, placeOf(drawing.node(id))]));
  const frames = new Map(
    clusters.map(({ title, boxes: inside }) => [title, around(inside.map((id) => placed.get(id)!))]),
  );
  return { boxes: placed, clusters: frames, bounds: around([...placed.values(), ...frames.values()]) };
}

function placeOf(node: { readonly x: number; readonly y: number }): Place {
  return { x: node.x - boxWidth / 2, y: node.y - boxHeight / 2, width: boxWidth, height: boxHeight };
}

function around(places: readonly Place[]): Place {
  const left = Math.min(...places.map(({ x }) => x)) - framePadding / 2;
  const top = Math.min(...places.map(({ y }) => y)) - framePadding;
  const right = Math.max(...places.map(({ x, width }) => x + width)) + framePadding / 2;
  const bottom = Math.max(...places.map(({ y, height }) => y + height)) + framePadding / 2;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
