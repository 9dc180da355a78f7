import { Graph, layout } from '@dagrejs/dagre';
import type { Scene, SceneEdge } from './scene.ts';

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

type Size = Pick<Place, 'width' | 'height'>;
type Link = Pick<SceneEdge, 'from' | 'to'>;

/**
 * From top to bottom in topological order, each cluster with its parameters as one block. Blocks are arranged by themselves,
 * equal ones once, and then among each other: as one compound drawing 1,000 operations took 3 s, so they take 0.1 s.
 */
export function layOut(scene: Scene): Layout {
  const arrange = arrangeOnce();
  const owner = ownersOf(scene);
  const blockOf = (id: string) => owner.get(id) ?? id;
  const members = groupBy(scene.boxes, ({ id }) => blockOf(id));
  const inner = groupBy(
    scene.edges.filter(({ from, to }) => blockOf(from) === blockOf(to)),
    ({ from }) => blockOf(from),
  );
  const blocks = new Map(
    scene.clusters.map(({ title }) => {
      const sizes = new Map((members.get(title) ?? []).map(({ id }) => [id, boxSize]));
      const inside = arrange(sizes, inner.get(title) ?? []);
      return [title, { inside, frame: around([...inside.values()]) }];
    }),
  );

  const free = scene.boxes.filter(({ id }) => !owner.has(id));
  const outside = arrange(
    new Map<string, Size>([
      ...free.map(({ id }) => [id, boxSize] as const),
      ...[...blocks].map(([title, { frame }]) => [title, frame] as const),
    ]),
    scene.edges
      .map(({ from, to }) => ({ from: blockOf(from), to: blockOf(to) }))
      .filter(({ from, to }) => from !== to),
  );
  const boxes = new Map(free.map(({ id }) => [id, outside.get(id)!]));
  for (const [title, { inside, frame }] of blocks) {
    const at = outside.get(title)!;
    for (const [id, place] of inside) {
      boxes.set(id, { ...place, x: at.x + place.x - frame.x, y: at.y + place.y - frame.y });
    }
  }
  const clusters = new Map([...blocks.keys()].map((title) => [title, outside.get(title)!]));
  return { boxes, clusters, bounds: around([...outside.values()]) };
}

/** The cluster that a box is drawn in: its own, or, of parameters and states, the one that alone reads them. */
function ownersOf({ boxes, edges, clusters }: Scene): ReadonlyMap<string, string> {
  const owner = new Map(clusters.flatMap(({ title, boxes: inside }) => inside.map((id) => [id, title])));
  const leaving = groupBy(edges, ({ from }) => from);
  for (const { id, kind, subtitle } of boxes) {
    if (kind !== 'leaf' || subtitle === 'input') continue;
    const [reader, ...others] = new Set(leaving.get(id)?.map(({ to }) => owner.get(to)));
    if (reader !== undefined && others.length === 0) owner.set(id, reader);
  }
  return owner;
}

const boxSize: Size = { width: boxWidth, height: boxHeight };

/** Arranges by dagre, and knows what it has arranged before: networks repeat their blocks. */
function arrangeOnce() {
  const known = new Map<string, readonly Place[]>();
  return (sizes: ReadonlyMap<string, Size>, links: readonly Link[]): ReadonlyMap<string, Place> => {
    const ids = [...sizes.keys()];
    const place = new Map(ids.map((id, index) => [id, index]));
    const pairs = links.map(({ from, to }) => [place.get(from)!, place.get(to)!] as const);
    const key = JSON.stringify([[...sizes.values()].map(({ width, height }) => [width, height]), pairs]);
    const places = known.get(key) ?? arrange([...sizes.values()], pairs);
    known.set(key, places);
    return new Map(ids.map((id, index) => [id, places[index]!]));
  };
}

function arrange(sizes: readonly Size[], links: readonly (readonly [number, number])[]): readonly Place[] {
  const drawing = new Graph();
  drawing.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 46, marginx: 12, marginy: 12 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const [index, { width, height }] of sizes.entries()) drawing.setNode(`${index}`, { width, height });
  for (const [from, to] of links) drawing.setEdge(`${from}`, `${to}`);
  layout(drawing);
  return sizes.map(({ width, height }, index) => {
    const { x, y } = drawing.node(`${index}`);
    return { x: x - width / 2, y: y - height / 2, width, height };
  });
}

function around(places: readonly Place[]): Place {
  const left = Math.min(...places.map(({ x }) => x)) - framePadding / 2;
  const top = Math.min(...places.map(({ y }) => y)) - framePadding;
  const right = Math.max(...places.map(({ x, width }) => x + width)) + framePadding / 2;
  const bottom = Math.max(...places.map(({ y, height }) => y + height)) + framePadding / 2;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function groupBy<Item>(items: readonly Item[], of: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = of(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
