import type { JobGraph } from '@descent/client';

/** Stands for everything that no layer owns: the loss and the metrics. */
export const objectiveGroup = 'loss and metrics';

type GraphNode = JobGraph['nodes'][number];
type GraphValue = JobGraph['values'][number];
export type Part = GraphNode['part'];

/** One box of the drawing: a tensor that is fed, one operation, or a whole layer folded into one. */
export interface SceneBox {
  readonly id: string;
  readonly kind: 'leaf' | 'operation' | 'layer';
  readonly title: string;
  readonly subtitle: string;
  /** Layer that it belongs to, or `objectiveGroup`; null for a leaf. */
  readonly group: string | null;
  readonly part: Part;
  /** Names of the graph's nodes inside, in topological order; empty for a leaf. */
  readonly nodes: readonly string[];
  /** Values that leave it. */
  readonly outputs: readonly string[];
  readonly flops: number;
  readonly parameters: number;
  /** Of the values that it makes, for the batch of the graph. */
  readonly bytes: number;
}

export interface SceneEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Name of the value that flows along it. */
  readonly value: string;
  /** Its shape: `batch × 128`. */
  readonly shape: string;
}

export interface Scene {
  readonly boxes: readonly SceneBox[];
  readonly edges: readonly SceneEdge[];
  readonly clusters: readonly SceneCluster[];
}

/** The frame around the operations of an expanded group, or around those of its gradient. */
export interface SceneCluster {
  readonly title: string;
  readonly group: string;
  readonly boxes: readonly string[];
}

export interface SceneOptions {
  /** Layers whose operations are drawn one by one. */
  readonly expanded: ReadonlySet<string>;
  /** Whether the derived operations of the backward pass are drawn too. */
  readonly backward: boolean;
}

/** Every group of a graph, in the order of its first operation. */
export function groupsOf(graph: JobGraph): readonly string[] {
  return [...new Set(graph.nodes.map(groupOf))];
}

/** What is drawn of a graph. Constants are left out: shapes and axes, not data. */
export function sceneOf(graph: JobGraph, { expanded, backward }: SceneOptions): Scene {
  const values = new Map(graph.values.map((value) => [value.name, value]));
  const drawn = graph.nodes.filter(({ part }) => backward || part !== 'backward');
  const boxOfNode = new Map<string, string>();
  const members = new Map<string, GraphNode[]>();
  for (const node of drawn) {
    const group = groupOf(node);
    const id = expanded.has(group) ? node.name : folded(group, node.part);
    boxOfNode.set(node.name, id);
    members.set(id, [...(members.get(id) ?? []), node]);
  }

  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const boxes = [...members].map(([id, nodes]): SceneBox => {
    const [first] = nodes as [GraphNode, ...GraphNode[]];
    const group = groupOf(first);
    const open = expanded.has(group);
    return {
      id,
      kind: open ? 'operation' : 'layer',
      title: open ? first.op : group,
      subtitle: open ? first.name : foldedSubtitle(nodes, layers.get(group)?.type),
      group,
      part: first.part,
      nodes: nodes.map(({ name }) => name),
      outputs: open ? first.outputs : leaving(nodes, drawn),
      flops: sum(nodes, ({ flops }) => flops),
      parameters: open ? first.parameters : (layers.get(group)?.parameters ?? 0),
      bytes: sum(nodes, ({ outputs }) => sum(outputs, (name) => bytesOf(values.get(name), graph.batch))),
    };
  });

  const edges = new Map<string, SceneEdge>();
  const leaves = new Map<string, SceneBox>();
  for (const { value, from, to } of graph.edges) {
    const target = boxOfNode.get(to);
    if (target === undefined) continue;
    const described = values.get(value);
    const source = from === null ? leafFor(described, target === to, graph.batch) : boxOfNode.get(from);
    if (source === undefined) continue;
    if (typeof source !== 'string') leaves.set(source.id, source);
    const sourceId = typeof source === 'string' ? source : source.id;
    if (sourceId === target) continue;
    const id = `${sourceId} → ${target}: ${value}`;
    edges.set(id, { id, from: sourceId, to: target, value, shape: shapeOf(described) });
  }
  return {
    boxes: [...leaves.values(), ...boxes],
    edges: [...edges.values()],
    clusters: clustersOf(boxes),
  };
}

function clustersOf(boxes: readonly SceneBox[]): readonly SceneCluster[] {
  const clusters = new Map<string, SceneCluster>();
  for (const { id, kind, group, part } of boxes) {
    if (kind !== 'operation' || group === null) continue;
    const title = part === 'backward' ? folded(group, part) : group;
    clusters.set(title, { title, group, boxes: [...(clusters.get(title)?.boxes ?? []), id] });
  }
  return [...clusters.values()];
}

function groupOf({ layer }: GraphNode): string {
  return layer ?? objectiveGroup;
}

function folded(group: string, part: Part): string {
  return part === 'backward' ? `gradient of ${group}` : `layer ${group}`;
}

function foldedSubtitle(nodes: readonly GraphNode[], type: string | undefined): string {
  const count = `${nodes.length} ${nodes.length === 1 ? 'operation' : 'operations'}`;
  return type === undefined ? count : `${type} · ${count}`;
}

/** Inputs are always drawn; parameters and states beside the operation that reads them. */
function leafFor(value: GraphValue | undefined, readerIsOpen: boolean, batch: number): SceneBox | undefined {
  if (value === undefined || value.role === 'constant' || value.role === 'node') return undefined;
  if (value.role !== 'input' && !readerIsOpen) return undefined;
  return {
    id: `value ${value.name}`,
    kind: 'leaf',
    title: value.name,
    subtitle: value.role,
    group: null,
    part: 'forward',
    nodes: [],
    outputs: [value.name],
    flops: 0,
    parameters: 0,
    bytes: bytesOf(value, batch),
  };
}

/** Values that nodes outside read, or, where nobody does, what the last node makes. */
function leaving(nodes: readonly GraphNode[], all: readonly GraphNode[]): readonly string[] {
  const inside = new Set(nodes.map(({ name }) => name));
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const read = new Set(
    all
      .filter(({ name }) => !inside.has(name))
      .flatMap(({ inputs }) => inputs.filter((name) => made.has(name))),
  );
  return read.size > 0 ? [...read] : (nodes.at(-1)?.outputs ?? []);
}

/** `batch × 128`, or `number`. */
export function shapeOf(value: Pick<GraphValue, 'shape'> | undefined): string {
  if (value === undefined) return '';
  return value.shape.length === 0 ? 'number' : value.shape.join(' × ').replaceAll('*', '·');
}

const bytesPerElement: Readonly<Record<string, number>> = { bool: 1, int64: 8, float64: 8 };

function bytesOf(value: GraphValue | undefined, batch: number): number {
  if (value === undefined) return 0;
  const elements = value.shape.reduce<number>((product, dim) => product * sizeOf(dim, batch), 1);
  return elements * (bytesPerElement[value.dtype] ?? 4);
}

/** A size that depends on the batch reads `batch`, `2*batch`, …; whatever else it is counts as one batch. */
function sizeOf(dim: number | string, batch: number): number {
  if (typeof dim === 'number') return dim;
  const factor = Number.parseInt(dim, 10);
  return (Number.isNaN(factor) ? 1 : factor) * batch;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
