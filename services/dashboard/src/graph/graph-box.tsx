import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useFar } from './far.ts';
import { boxHeight, boxWidth } from './lay-out.ts';
import type { SceneBox, SceneCluster } from './scene.ts';
import type { BoxState } from './walk.ts';

export interface BoxData extends Record<string, unknown> {
  readonly box: SceneBox;
  /** The number that the view shows in it. */
  readonly line: string;
  /** 0 to 1, or undefined for no colour. */
  readonly heat: number | undefined;
  readonly state: BoxState;
  readonly selected: boolean;
  readonly onSelect: (id: string) => void;
  readonly onExpand: (group: string) => void;
}
export type BoxNode = Node<BoxData, 'box'>;

export interface ClusterData extends Record<string, unknown> {
  readonly cluster: SceneCluster;
  readonly onCollapse: (group: string) => void;
}
export type ClusterNode = Node<ClusterData, 'cluster'>;

const stateLooks: Record<BoxState, string> = {
  ahead: 'opacity-35',
  computed: '',
  returned: 'border-curve-validation',
  current: 'ring-3 ring-accent',
};

const kindLooks: Record<SceneBox['kind'], string> = {
  leaf: 'rounded-full border-dashed',
  operation: 'rounded-lg',
  layer: 'rounded-xl border-2',
};

export const GraphBox = memo(function GraphBox({ data }: NodeProps<BoxNode>) {
  const { box, line, heat, state, selected, onSelect, onExpand } = data;
  const { group } = box;
  const far = useFar();
  return (
    <div
      style={{
        width: boxWidth,
        height: boxHeight,
        ...(heat !== undefined && {
          background: `color-mix(in oklab, var(--heat) ${Math.round(heat * 70)}%, var(--surface))`,
        }),
      }}
      className={`relative border bg-surface transition-opacity ${kindLooks[box.kind]} ${
        selected ? 'border-accent' : 'border-line-strong'
      } ${box.part === 'backward' ? 'border-curve-validation' : ''} ${stateLooks[state]}`}
    >
      <Handle type="target" position={Position.Top} className="invisible" isConnectable={false} />
      <button
        type="button"
        aria-label={far ? `${box.title} ${box.subtitle}` : undefined}
        aria-pressed={selected}
        onClick={() => onSelect(box.id)}
        className="nodrag flex size-full flex-col items-center justify-center px-3 text-center leading-tight"
      >
        {!far && (
          <>
            <span className="w-full truncate font-semibold">{box.title}</span>
            <span className="w-full truncate text-xs text-ink-faint">{box.subtitle}</span>
            <span className="w-full truncate font-mono text-xs text-ink-soft">{line}</span>
          </>
        )}
      </button>
      {box.kind === 'layer' && group !== null && (
        <button
          type="button"
          aria-label={`Show the operations of ${group}`}
          title="Show its operations"
          onClick={() => onExpand(group)}
          className="nodrag absolute -top-2.5 -right-2.5 flex size-6 items-center justify-center rounded-full border border-line-strong bg-surface text-ink-soft hover:bg-sunken hover:text-ink"
        >
          +
        </button>
      )}
      <Handle type="source" position={Position.Bottom} className="invisible" isConnectable={false} />
    </div>
  );
});

export const GraphCluster = memo(function GraphCluster({ data }: NodeProps<ClusterNode>) {
  const { cluster, onCollapse } = data;
  return (
    <div className="size-full rounded-2xl border border-line-strong bg-sunken/60">
      <button
        type="button"
        onClick={() => onCollapse(cluster.group)}
        title="Fold into one box"
        className="nodrag absolute top-1 left-3 flex items-center gap-1.5 text-xs font-medium text-ink-soft hover:text-ink"
      >
        <span aria-hidden="true">−</span>
        {cluster.title}
      </button>
    </div>
  );
});
