import type { LossSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { losses } from './losses/index.ts';
import type { Link, Loss } from './losses/loss.ts';
import type { Element, WiredLoss, Wiring } from './wiring.ts';

export function linkOf(spec: LossSpec): Link | undefined {
  return (losses[spec.type] as Loss<LossSpec>).link?.(spec);
}

/** A loss on logits that gets probabilities trains slowly and to a wrong place, without any error: so refuse it. */
export function refuseOwnLink({ elements }: Wiring, { spec, reads }: WiredLoss): void {
  const link = linkOf(spec);
  if (link === undefined) return;
  const byName = new Map(elements.map((element) => [element.name, element]));
  let element = byName.get(reads[0]!);
  while (element !== undefined && passesThrough(element)) element = byName.get(element.inputs[0] ?? '');
  if (element === undefined || activationOf(element) !== link) return;
  throw new DescentError('SPEC_SOFTMAX_TWICE', {
    layer: element.name,
    path: element.path,
    activation: link,
    loss: spec.type,
  });
}

function passesThrough(element: Element): boolean {
  const name = element.kind === 'layer' ? element.spec.type : element.spec.op.toLowerCase();
  return ['flatten', 'reshape', 'permute', 'dropout', 'identity', 'repeat', 'call'].includes(name);
}

/** What the result of a layer or node has gone through last; the activation of a gate is not that. */
function activationOf({ kind, spec }: Element): string | undefined {
  if (kind === 'node') return spec.op === 'Exp' ? 'exponential' : spec.op.toLowerCase();
  switch (spec.type) {
    case 'softmax':
      return 'softmax';
    case 'gru':
    case 'lstm':
    case 'transformerBlock':
      return undefined;
    default:
      return 'activation' in spec ? spec.activation : undefined;
  }
}
