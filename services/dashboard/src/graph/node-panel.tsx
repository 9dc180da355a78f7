import type { Explanation } from '@descent/client';
import { useMutation } from '@tanstack/react-query';
import { formatBytes, formatCompact, formatReal } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { type ExplainedValue, explainedValue, type Facts, factsOf } from './facts.ts';
import type { SceneBox } from './scene.ts';
import { TensorView } from './tensor-view.tsx';

type Check = ExplainedValue['check'];

interface NodePanelProps {
  readonly box: SceneBox;
  readonly facts: Facts | undefined;
  readonly onCheck: ((node: string) => Promise<Explanation>) | undefined;
  readonly onExpand: (() => void) | undefined;
  readonly onClose: () => void;
}

/** Everything about one box: what it computes, what it does to the gradient, the numbers, and the check of them. */
export function NodePanel({ box, facts, onCheck, onExpand, onClose }: NodePanelProps) {
  const node = box.kind === 'operation' ? facts?.nodes.get(box.nodes[0] ?? '') : undefined;
  const value = facts && explainedValue(box, facts);
  return (
    <aside
      aria-label={`About ${box.title}`}
      className="flex max-h-[70vh] flex-col gap-3 overflow-y-auto rounded-xl border border-line bg-surface p-4 lg:max-h-none"
    >
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold break-words">{box.title}</h2>
          <p className="font-mono text-sm break-all text-ink-soft">{box.subtitle}</p>
        </div>
        <Button look="quiet" className="px-2" aria-label="Close" onClick={onClose}>
          ✕
        </Button>
      </div>
      {onExpand !== undefined && <Button onClick={onExpand}>Show its operations</Button>}
      {box.kind !== 'leaf' && (
        <dl className="grid grid-cols-3 gap-2 text-sm">
          {(
            [
              ['FLOPs', formatCompact(box.flops)],
              ['parameters', formatCompact(box.parameters)],
              ['output', formatBytes(box.bytes)],
            ] as const
          ).map(([label, text]) => (
            <div key={label}>
              <dt className="text-ink-faint">{label}</dt>
              <dd className="tabular-nums">{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {node !== undefined && (
        <div className="space-y-1">
          <h3 className="font-medium">What it does to the gradient</h3>
          <p className="text-ink-soft">
            <strong className="font-medium text-ink">{node.derivative.role}</strong>: {node.derivative.words}
          </p>
          <p className="rounded-lg bg-sunken px-3 py-2 font-mono text-sm break-words whitespace-pre-wrap">
            {node.derivative.formula}
          </p>
          {node.saturation !== null && node.saturation.share > 0 && (
            <p className="text-sm text-warn">
              {(node.saturation.share * 100).toFixed(1)}% of the values {node.saturation.words}
              {node.saturation.units !== null &&
                node.saturation.units.count > 0 &&
                `; ${node.saturation.units.count} of ${node.saturation.units.of} units in every sample`}
            </p>
          )}
        </div>
      )}
      {value === undefined ? (
        <p className="text-sm text-ink-soft">
          {box.part === 'backward'
            ? 'An operation of the derived backward pass: its results are the gradients shown on the forward operations.'
            : facts === undefined
              ? 'No numbers yet.'
              : 'This operation is folded into its neighbours when the numbers are worked out.'}
        </p>
      ) : (
        <>
          <TensorView name="value" tensor={value.value} />
          {value.gradient === null ? (
            <p className="text-sm text-ink-soft">No gradient: the loss does not depend on it.</p>
          ) : (
            <TensorView name="gradient of the loss" tensor={value.gradient} />
          )}
          {value.gradient !== null && (
            <GradientCheck
              check={value.check}
              onCheck={
                onCheck && node && (() => onCheck(node.name).then((found) => checkOf(found, value.name)))
              }
            />
          )}
        </>
      )}
    </aside>
  );
}

function checkOf(explanation: Explanation, name: string): Check {
  return factsOf(explanation).values.get(name)?.check ?? null;
}

interface GradientCheckProps {
  readonly check: Check;
  readonly onCheck: (() => Promise<Check>) | undefined;
}

function GradientCheck({ check, onCheck }: GradientCheckProps) {
  const { data = check, isPending, isIdle, error, mutate } = useMutation({ mutationFn: () => onCheck!() });
  if (error !== null) return <FailureNotice error={error} onRetry={() => mutate()} />;
  if (data === null) {
    if (onCheck === undefined) return null;
    return (
      <Button disabled={isPending} onClick={() => mutate()}>
        {isPending ? 'Moving its elements…' : isIdle ? 'Check with finite differences' : 'It cannot be moved'}
      </Button>
    );
  }
  const { passed, checked, of, corners, worst } = data;
  return (
    <div
      className={`rounded-lg px-3 py-2 text-sm ${passed ? 'bg-good-back text-good' : 'bg-bad-back text-bad'}`}
    >
      <p className="font-medium">
        {passed ? '✓ agrees with finite differences' : '✗ differs from finite differences'}
      </p>
      <p className="font-mono">
        at [{worst.index.join(', ')}]: derived {formatReal(worst.derived)}, measured{' '}
        {formatReal(worst.measured)}
      </p>
      <p>
        {checked} of {of} elements moved
        {corners > 0 && `, ${corners} at a corner of the loss`}
      </p>
    </div>
  );
}
