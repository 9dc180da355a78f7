import type { MessagePort } from 'node:worker_threads';
import type { GradientQueuePayload } from '@descent/contracts';
import type { DeviceFacts, DeviceSettings } from './devices/device.ts';
import type { DoneWork } from './work-meter.ts';

/** A parameter server in this process. */
export interface Neighbour {
  /** How gradient jobs name it. */
  readonly address: string;
  /** Takes one end of a connection, on the thread of the parameter server. */
  accept(port: MessagePort): void;
}

/** What the compute thread is started with. */
export interface ComputeThreadData extends DeviceSettings {
  /** Devices that act as one; each has a thread. */
  readonly devices: number;
  /** Checksums on what is sent to parameter servers; undefined: between hosts. */
  readonly checksum: boolean | undefined;
  /** Address of the parameter server in this process; it is reached through the main thread. */
  readonly neighbour: string | undefined;
}

/** Main thread → compute thread. */
export type ToCompute =
  /** What the worker is called on the channel; before the first `serve`. */
  | { readonly type: 'identify'; readonly worker: string }
  | { readonly type: 'serve'; readonly job: GradientQueuePayload }
  /** Hand back what is held, then end the gradient job. */
  | { readonly type: 'leave'; readonly reason: string }
  /** Give up the gradient job: its server has lost this worker. */
  | { readonly type: 'abandon'; readonly reason: string };

/** Compute thread → main thread. */
export type FromCompute =
  | { readonly type: 'ready'; readonly facts: DeviceFacts }
  /** One end of a connection for the parameter server in this process. */
  | { readonly type: 'connect'; readonly port: MessagePort }
  /** The gradient job is over, well or badly; the ledger knows what is still missing. */
  | { readonly type: 'served'; readonly problem?: string; readonly times: readonly DoneWork[] };
