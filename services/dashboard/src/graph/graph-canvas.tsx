import '@xyflow/react/dist/style.css';
import './graph.css';
import {
  Background,
  Controls,
  type Edge,
  MarkerType,
  type NodeHandle,
  Position,
  ReactFlow,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import { formatBytes, formatCompact, formatReal } from '../format/number.ts';
import { explainedValue, type Facts, heatOf, type Measure } from './facts.ts';
import { type BoxNode, type ClusterNode, GraphBox, GraphCluster } from './graph-box.tsx';
import { GraphEdge } from './graph-edge.tsx';
import { GraphMap } from './graph-map.tsx';
import { type Layout, layOut } from './lay-out.ts';
import type { Scene, SceneBox } from './scene.ts';
import { boxStateAt, type Known, type WalkStep } from './walk.ts';

/** What the third line of a box says. */
export const lines = ['value', 'gradient', 'cost', 'memory'] as const;
export type Line = (typeof lines)[number];

interface GraphCanvasProps {
  readonly scene: Scene;
  readonly facts: Facts | undefined;
  readonly line: Line;
  readonly measure: Measure;
  readonly walk: readonly WalkStep[];
  readonly known: Known;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onExpand: (group: string) => void;
  readonly onCollapse: (group: string) => void;
}

/** Below it the names in the boxes cannot be read. */
const legibleZoom = 0.5;
/** From here on a map of the whole helps to find one's way. */
const manyBoxes = 24;

const nodeTypes = { box: GraphBox, cluster: GraphCluster };
const edgeTypes = { value: GraphEdge };

/** The drawing. Moves with the pointer, zooms with the wheel; every box is a button for the keyboard. */
export function GraphCanvas(props: GraphCanvasProps) {
  const { scene, facts, line, measure, walk, known, selected, onSelect, onExpand, onCollapse } = props;
  const layout = useMemo(() => layOut(scene), [scene]);
  const heat = useMemo(() => heatOf(scene.boxes, measure, facts), [scene, measure, facts]);
  const walked = useMemo(() => new Set(walk.map(({ node }) => node)), [walk]);

  const nodes = useMemo(() => {
    const clusters = scene.clusters.map((cluster): ClusterNode => {
      const { x, y, width, height } = layout.clusters.get(cluster.title)!;
      return {
        id: `cluster ${cluster.title}`,
        type: 'cluster',
        position: { x, y },
        width,
        height,
        measured: { width, height },
        handles: [],
        zIndex: -1,
        selectable: false,
        data: { cluster, onCollapse },
      };
    });
    const boxes = scene.boxes.map((box): BoxNode => {
      const { x, y, width, height } = layout.boxes.get(box.id)!;
      const state = known.current === undefined ? 'computed' : boxStateAt(box, walked, known);
      return {
        id: box.id,
        type: 'box',
        position: { x, y },
        width,
        height,
        // Known beforehand, so that no box is measured when it comes into view.
        measured: { width, height },
        handles: handlesOf(width, height),
        data: {
          box,
          line: textOf(box, line, state === 'ahead' ? undefined : facts, known),
          heat: heat.get(box.id),
          state,
          selected: box.id === selected,
          onSelect,
          onExpand,
        },
      };
    });
    return [...clusters, ...boxes];
  }, [scene, layout, facts, line, heat, walked, known, selected, onSelect, onExpand, onCollapse]);

  const edges = useMemo(
    () =>
      scene.edges.map(
        ({ id, from, to, shape }): Edge => ({
          id,
          type: 'value',
          source: from,
          target: to,
          label: shape,
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed },
        }),
      ),
    [scene],
  );

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      onlyRenderVisibleElements
      minZoom={0.05}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      aria-label="Computation graph"
    >
      <Background gap={24} />
      <Controls showInteractive={false} />
      {scene.boxes.length > manyBoxes && <GraphMap layout={layout} />}
      <KeepInView scene={scene} layout={layout} current={known.current?.node} />
    </ReactFlow>
  );
}

/** Edges come in at the top and leave at the bottom, as `GraphBox` has it. */
function handlesOf(width: number, height: number): NodeHandle[] {
  const point = { x: width / 2, width: 1, height: 1 };
  return [
    { ...point, type: 'target', position: Position.Top, y: 0 },
    { ...point, type: 'source', position: Position.Bottom, y: height },
  ];
}

interface KeepInViewProps {
  readonly scene: Scene;
  readonly layout: Layout;
  readonly current: string | undefined;
}

/** Follows the walk; otherwise shows the whole drawing, or the top of one that would be too small to read. */
function KeepInView({ scene, layout, current }: KeepInViewProps) {
  const { fitView, setViewport } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    if (width === 0 || height === 0) return;
    const duration = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 250;
    const box = current === undefined ? undefined : scene.boxes.find(({ nodes }) => nodes.includes(current));
    if (box !== undefined) {
      const near = [box.id, ...neighbours(scene, box.id)].map((id) => ({ id }));
      void fitView({ duration, maxZoom: 1, padding: 0.08, nodes: near });
      return;
    }
    const { x, y, width: wide, height: high } = layout.bounds;
    if (Math.min(width / wide, height / high) >= legibleZoom) {
      void fitView({ duration, maxZoom: 1, padding: 0.08 });
      return;
    }
    const zoom = Math.max(Math.min(width / wide, 1), legibleZoom);
    const top = layout.boxes.get(scene.boxes.find(({ kind }) => kind === 'leaf')?.id ?? '') ?? layout.bounds;
    const left =
      wide * zoom <= width
        ? (width - wide * zoom) / 2 - x * zoom
        : width / 2 - (top.x + top.width / 2) * zoom;
    void setViewport({ x: left, y: 16 - y * zoom, zoom }, { duration });
  }, [scene, layout, current, width, height, fitView, setViewport]);
  return null;
}

function neighbours({ edges }: Scene, id: string): string[] {
  return edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
}

function textOf(box: SceneBox, line: Line, facts: Facts | undefined, known: Known): string {
  switch (line) {
    case 'cost':
      return box.flops > 0 ? `${formatCompact(box.flops)} FLOPs` : '';
    case 'memory':
      return formatBytes(box.bytes);
    case 'value': {
      const value = facts && explainedValue(box, facts);
      return value === undefined ? '' : short(value.value);
    }
    case 'gradient': {
      const returned = known.current === undefined || box.nodes.some((name) => known.gradients.has(name));
      const gradient =
        facts && (returned || box.kind === 'leaf') ? explainedValue(box, facts)?.gradient : undefined;
      return gradient === undefined || gradient === null ? '' : `∂ ${short(gradient)}`;
    }
    default:
      return line satisfies never;
  }
}

function short({
  values,
  elements,
  statistics,
}: NonNullable<ReturnType<typeof explainedValue>>['value']): string {
  if (values !== null && elements <= 3) return values.map(formatReal).join(', ');
  const { mean, standardDeviation } = statistics;
  return mean === null ? '' : `${formatReal(mean)} ± ${formatReal(standardDeviation ?? 0)}`;
}
