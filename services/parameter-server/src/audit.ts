import { auditDraw } from '@descent/models';
import type { Node } from './node.ts';
import type { Quarantine } from './quarantine.ts';
import type { Vouching } from './vouching.ts';

/** How a training job looks for workers that compute plausible but wrong gradients. */
export interface Audit {
  /** Whether a second worker has to compute this node too: the same for every run of the job. */
  isDue(step: number, node: Node): boolean;
  readonly vouching: Vouching;
  readonly quarantine: Quarantine;
}

export interface AuditOptions {
  /** Of the nodes. */
  readonly share: number;
  readonly seed: number;
  readonly vouching: Vouching;
  readonly quarantine: Quarantine;
}

export function createAudit({ share, seed, vouching, quarantine }: AuditOptions): Audit {
  return {
    isDue: (step, { first }) => auditDraw({ seed, step, microBatch: first }) < share,
    vouching,
    quarantine,
  };
}
