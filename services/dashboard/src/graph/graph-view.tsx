import type { Explanation, JobGraph } from '@descent/client';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { formatCompact } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { factsOf, type Measure, measures } from './facts.ts';
import { GraphCanvas, type Line, lines } from './graph-canvas.tsx';
import { NodePanel } from './node-panel.tsx';
import { groupsOf, sceneOf } from './scene.ts';
import { knownAt, walkOf } from './walk.ts';
import { WalkBar } from './walk-bar.tsx';

const lineWords: Record<Line, string> = {
  value: 'forward value',
  gradient: 'gradient',
  cost: 'cost',
  memory: 'memory',
};
const measureWords: Record<Measure, string> = {
  none: 'nothing',
  gradient: 'gradient size',
  zeros: 'share of zeros',
  saturation: 'saturation',
  cost: 'cost',
  memory: 'memory',
};

interface GraphViewProps {
  readonly graph: JobGraph;
  readonly explanation: Explanation | undefined;
  readonly working: boolean;
  /** Holds the gradient of one node against finite differences, where the explanation did not: it may take seconds. */
  readonly onCheck?: (node: string) => Promise<Explanation>;
  /** Choices of the page around it: the sample, the checkpoint. */
  readonly children?: ReactNode;
}

const everything = 'all';

/** A computation graph with what flowed through it. What is shown stands in the address, so that a link shows the same. */
export function GraphView({ graph, explanation, working, onCheck, children }: GraphViewProps) {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) =>
      setSearch(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );

  const groups = useMemo(() => groupsOf(graph), [graph]);
  const open = search.get('open') ?? '';
  const expanded = useMemo(
    () => new Set(open === everything ? groups : open.split(',').filter((name) => groups.includes(name))),
    [open, groups],
  );
  const backward = search.get('backward') === '1';
  const line = oneOf(lines, search.get('show')) ?? 'value';
  const measure = oneOf(measures, search.get('colour')) ?? 'none';
  const selectedId = search.get('box') ?? undefined;
  const step = search.get('step');

  const scene = useMemo(() => sceneOf(graph, { expanded, backward }), [graph, expanded, backward]);
  const facts = useMemo(() => explanation && factsOf(explanation), [explanation]);
  const walk = useMemo(() => (explanation === undefined ? [] : walkOf(explanation)), [explanation]);
  const position = step === null || walk.length === 0 ? undefined : clamp(Number(step), walk.length - 1);
  const known = useMemo(() => knownAt(walk, position), [walk, position]);

  const setOpen = useCallback(
    (names: Iterable<string>) => {
      const list = [...names];
      change({ open: list.length === 0 ? undefined : list.join(',') });
    },
    [change],
  );
  const expand = useCallback((group: string) => setOpen([...expanded, group]), [expanded, setOpen]);
  const collapse = useCallback(
    (group: string) => setOpen([...expanded].filter((name) => name !== group)),
    [expanded, setOpen],
  );
  const select = useCallback((box: string) => change({ box }), [change]);
  const move = useCallback(
    (to: number | undefined) => {
      if (to === undefined) {
        change({ step: undefined });
        return;
      }
      const at = walk[to];
      const box = scene.boxes.find(({ nodes }) => at !== undefined && nodes.includes(at.node));
      change({
        step: String(to),
        show: at?.pass === 'backward' ? 'gradient' : 'value',
        ...(box !== undefined && { box: box.id }),
      });
    },
    [change, walk, scene],
  );

  const shown = known.current && scene.boxes.find(({ nodes }) => nodes.includes(known.current!.node));
  const selected = shown ?? scene.boxes.find(({ id }) => id === selectedId);

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        {children}
        <Choice
          label="show"
          value={line}
          options={lines}
          words={lineWords}
          onChange={(show) => change({ show })}
        />
        <Choice
          label="colour by"
          value={measure}
          options={measures}
          words={measureWords}
          onChange={(colour) => change({ colour })}
        />
        <label className="flex items-center gap-1.5 text-sm">
          <input
            type="checkbox"
            checked={backward}
            onChange={(event) => change({ backward: event.target.checked ? '1' : undefined })}
            className="size-4 accent-accent"
          />
          derived backward operations
        </label>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {facts !== undefined && walk.length > 0 && (
          <WalkBar walk={walk} facts={facts} position={position} onMove={move} />
        )}
        <Button onClick={() => change({ open: expanded.size === groups.length ? undefined : everything })}>
          {expanded.size === groups.length ? 'Fold all' : 'Unfold all'}
        </Button>
        {facts === undefined && working && (
          <p role="status" className="text-sm text-ink-faint">
            Working out values and gradients…
          </p>
        )}
      </div>
      <div className={`grid gap-3 ${selected === undefined ? '' : 'lg:grid-cols-[minmax(0,1fr)_20rem]'}`}>
        <div className="h-[68vh] min-h-80 overflow-hidden rounded-xl border border-line bg-canvas">
          <GraphCanvas
            scene={scene}
            facts={facts}
            line={line}
            measure={measure}
            walk={walk}
            known={known}
            selected={selected?.id}
            onSelect={select}
            onExpand={expand}
            onCollapse={collapse}
          />
        </div>
        {selected !== undefined && (
          <NodePanel
            key={`${selected.id} ${explanation?.step}`}
            onCheck={onCheck}
            box={selected}
            facts={facts}
            onExpand={
              selected.kind === 'layer' && selected.group !== null ? () => expand(selected.group!) : undefined
            }
            onClose={() => change({ box: undefined, step: undefined })}
          />
        )}
      </div>
      <p className="text-sm text-ink-soft">
        {graph.nodes.length} operations · {formatCompact(graph.totals.parameters)} trained parameters ·{' '}
        {formatCompact(graph.totals.forwardFlops)} FLOPs forward, {formatCompact(graph.totals.backwardFlops)}{' '}
        backward for {graph.batch} {graph.batch === 1 ? 'sample' : 'samples'}
        {explanation !== undefined && checksText(explanation)}
      </p>
    </div>
  );
}

function checksText({ checks: { passed, failed } }: Explanation): string {
  if (passed + failed === 0) return '';
  return failed === 0
    ? ` · all ${passed} gradients agree with finite differences`
    : ` · ${failed} of ${passed + failed} gradients differ from finite differences`;
}

function oneOf<Name extends string>(names: readonly Name[], given: string | null): Name | undefined {
  return names.find((name) => name === given);
}

function clamp(value: number, last: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.trunc(value), 0), last) : 0;
}
