import { expect, test } from 'vitest';
import { largeGraph } from '../../test/large-graph.ts';
import { layOut, type Place } from './lay-out.ts';
import { groupsOf, sceneOf } from './scene.ts';

const graph = largeGraph(4);
const open = sceneOf(graph, { expanded: new Set(groupsOf(graph)), backward: false });
const layout = layOut(open);

const inside = (outer: Place, { x, y, width, height }: Place) =>
  x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height;
const apart = (a: Place, b: Place) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
function overlaps(places: readonly Place[]): number {
  return places.flatMap((a, index) => places.slice(index + 1).filter((b) => !apart(a, b))).length;
}

test('no two boxes stand on each other, nor do two frames', () => {
  expect(layout.boxes.size).toBe(open.boxes.length);
  expect(overlaps([...layout.boxes.values()])).toBe(0);
  expect(overlaps([...layout.clusters.values()])).toBe(0);
});

test('every operation stands inside the frame of its layer, and so do the parameters that it alone reads', () => {
  for (const { title, boxes } of open.clusters) {
    const frame = layout.clusters.get(title)!;
    for (const id of boxes) expect(inside(frame, layout.boxes.get(id)!)).toBe(true);
    expect(inside(frame, layout.boxes.get(`value ${title}/wq`)!)).toBe(true);
  }
});

test('what a box reads stands above it', () => {
  for (const { from, to } of open.edges) {
    const [source, target] = [layout.boxes.get(from)!, layout.boxes.get(to)!];
    expect(source.y + source.height).toBeLessThan(target.y);
  }
});

test('folded layers stand below each other', () => {
  const folded = sceneOf(graph, { expanded: new Set(), backward: false });
  const places = [...layOut(folded).boxes.values()].map(({ y }) => y);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
