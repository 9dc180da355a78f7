import type { DescentError } from '@descent/errors';
import type { FrameHeader } from '@descent/gradient-channel';
import type { FlatBuffer } from '@descent/optimizers';
import type { Unit } from './round.ts';

/** What a worker is computing now. */
export interface Held {
  /** Number of the assignment on this connection, from 1. */
  readonly assignment: number;
  readonly kind: 'train' | 'evaluate';
  /** Version the work is computed from, and so the step of a training unit. */
  readonly version: number;
  readonly unit: Unit;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/** Why a gradient job is over, without anybody's fault. */
export type ReleaseReason = 'served' | 'ended' | 'handed-back';

/** What a training job says to one worker. */
export interface Wire {
  /** The buffer must stay as it is until `onSent`. */
  parameters(version: number, buffer: FlatBuffer, onSent: () => void): void;
  assign(held: Held, epoch: number): void;
  accepted(held: Held): void;
  refused(header: FrameHeader, error: DescentError): void;
  released(reason: ReleaseReason): void;
}

/** One worker as its parameter server sees it: the connection, the gradient job it serves, what it holds. */
export interface WorkerLink {
  readonly worker: string;
  readonly wire: Wire;
  /** Gradient job that it serves now; undefined between two of them. */
  serial: number | undefined;
  /** Assignments that the gradient job still allows. */
  budget: number;
  /** Version of the parameters last sent to it. */
  version: number | undefined;
  held: Held | undefined;
  /** Assignments made on this connection. */
  assignments: number;
}
