import type { DescentError } from '@descent/errors';
import type { FrameHeader } from '@descent/gradient-channel';
import type { FlatBuffer } from '@descent/optimizers';
import type { Node } from './node.ts';
import { createPace, type Pace } from './pace.ts';

/** An assignment that a worker has and has not answered. */
export interface Held {
  /** Number of the assignment on this connection, from 1. */
  readonly assignment: number;
  readonly kind: 'train' | 'evaluate';
  /** Version the work is computed from. */
  readonly version: number;
  /** Step that the gradient is for: the version, or in an asynchronous job a later one; of an evaluation the version. */
  readonly step: number;
  readonly node: Node;
  /** Monotonic milliseconds. */
  readonly assignedAt: number;
}

/** Why a gradient job is over, without anybody's fault. */
export type ReleaseReason = 'served' | 'ended' | 'handed-back';

/** What a training job says to one worker. */
export interface Wire {
  /** The buffer must stay as it is until `onSent`. */
  parameters(version: number, buffer: FlatBuffer, onSent: () => void): void;
  assign(held: Held, epoch: number): void;
  accepted(held: Held): void;
  recalled(held: Held): void;
  refused(header: FrameHeader, error: DescentError): void;
  released(reason: ReleaseReason): void;
}

/** One worker as its parameter server sees it: the connection, the gradient job it serves, what it holds. */
export interface WorkerLink {
  readonly worker: string;
  readonly numericsClass: string;
  readonly wire: Wire;
  /** Assignments that it takes at once. */
  readonly holds: number;
  /** It has compiled and loaded what the plan needs. */
  ready: boolean;
  /** Gradient job that it serves now; undefined between two of them. */
  serial: number | undefined;
  /** When the last one was served to its end. Monotonic milliseconds. */
  servedAt: number;
  /** Units that the gradient job still allows. */
  budget: number;
  /** Version of the parameters last sent to it. */
  version: number | undefined;
  /** In the order in which it computes them. */
  held: readonly Held[];
  /** Since when it has been computing the first of them, or had nothing to do. Monotonic milliseconds. */
  since: number;
  /** Assignments made on this connection. */
  assignments: number;
  readonly pace: Readonly<Record<Held['kind'], Pace>>;
}

export function createWorkerLink(
  worker: string,
  wire: Wire,
  {
    holds,
    ready,
    numericsClass = '',
  }: { readonly holds: number; readonly ready: boolean; readonly numericsClass?: string },
): WorkerLink {
  return {
    worker,
    numericsClass,
    wire,
    holds,
    ready,
    serial: undefined,
    servedAt: Number.NEGATIVE_INFINITY,
    budget: 0,
    version: undefined,
    held: [],
    since: 0,
    assignments: 0,
    pace: { train: createPace(), evaluate: createPace() },
  };
}
