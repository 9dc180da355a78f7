import { useEffect } from 'react';
import { Button } from '../ui/button.tsx';
import type { Facts } from './facts.ts';
import type { WalkStep } from './walk.ts';

interface WalkBarProps {
  readonly walk: readonly WalkStep[];
  readonly facts: Facts;
  readonly position: number | undefined;
  readonly onMove: (position: number | undefined) => void;
}

/** Steps through the forward and then the backward pass; the arrow keys do too. */
export function WalkBar({ walk, facts, position, onMove }: WalkBarProps) {
  const last = walk.length - 1;
  useEffect(() => {
    if (position === undefined) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select')) return;
      const next = { ArrowRight: position + 1, ArrowLeft: position - 1, Home: 0, End: last }[event.key];
      if (event.key === 'Escape') onMove(undefined);
      else if (next !== undefined) onMove(Math.min(Math.max(next, 0), last));
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [position, last, onMove]);

  if (position === undefined) {
    return (
      <Button look="primary" onClick={() => onMove(0)}>
        Step through
      </Button>
    );
  }
  return (
    <div className="flex min-w-0 flex-1 basis-80 flex-wrap items-center gap-2 rounded-xl border border-line bg-surface p-2">
      <Button aria-label="First step" disabled={position === 0} onClick={() => onMove(0)}>
        «
      </Button>
      <Button aria-label="Step back" disabled={position === 0} onClick={() => onMove(position - 1)}>
        ‹
      </Button>
      <Button aria-label="Step on" disabled={position === last} onClick={() => onMove(position + 1)}>
        ›
      </Button>
      <Button aria-label="Last step" disabled={position === last} onClick={() => onMove(last)}>
        »
      </Button>
      <p aria-live="polite" className="min-w-0 flex-1 basis-64">
        {sentence(walk, facts, position)}
      </p>
      <Button look="quiet" onClick={() => onMove(undefined)}>
        Leave
      </Button>
    </div>
  );
}

function sentence(walk: readonly WalkStep[], facts: Facts, position: number): string {
  const step = walk[position];
  const node = step === undefined ? undefined : facts.nodes.get(step.node);
  if (step === undefined || node === undefined) return '';
  const ofPass = walk.filter(({ pass }) => pass === step.pass);
  const place = `${step.pass === 'forward' ? 'Forward' : 'Backward'} ${ofPass.indexOf(step) + 1} of ${ofPass.length}`;
  return step.pass === 'forward'
    ? `${place}: ${node.op} makes ${node.outputs[0]?.label ?? node.name}`
    : `${place}: ${node.op}, ${node.derivative.role} – ${node.derivative.words}`;
}
