import type { TrainingPlan } from '@descent/contracts';
import type { DescentError, ErrorBody } from '@descent/errors';

/** Frame types of docs/protocol.md, name → number on the wire. */
export declare const FrameType: {
  readonly JOIN: 1;
  readonly WELCOME: 2;
  readonly PARAMETERS: 3;
  readonly ASSIGN: 4;
  readonly GRADIENT: 5;
  readonly SCORES: 6;
  readonly ACCEPTED: 7;
  readonly REFUSED: 8;
  readonly RELEASE: 9;
  readonly LEAVE: 10;
  readonly FAILED: 11;
  readonly HEARTBEAT: 12;
};
export type FrameTypeName = keyof typeof FrameType;

/** What the sender of a frame says; fields left out are 0. Length and checksums are filled in by `send`. */
export interface FrameFields<Type extends FrameTypeName = FrameTypeName> {
  readonly type: Type;
  /** `jobKey(jobId)` */
  readonly job?: bigint;
  readonly incarnation?: number;
  readonly step?: number;
  readonly microBatch?: number;
  readonly version?: number;
  readonly assignment?: number;
}

/** A received header. */
export interface FrameHeader<Type extends FrameTypeName = FrameTypeName> {
  readonly type: Type;
  readonly job: bigint;
  readonly incarnation: number;
  readonly step: number;
  readonly microBatch: number;
  readonly version: number;
  readonly assignment: number;
  readonly payloadBytes: number;
  /** CRC-32 of the payload, null when the sender set none. */
  readonly payloadCheck: number | null;
}

/** First 8 bytes of SHA-256 of the job id, little-endian: field `job` of a header. */
export declare function jobKey(jobId: string): bigint;

// ---- leases

export interface LeaseClaims {
  readonly jobId: string;
  readonly incarnation: number;
  readonly serial: number;
}
/** `serial.expiry.HMAC`; expiresAt in ms since the epoch. */
export declare function createLease(
  key: Uint8Array,
  claims: LeaseClaims & { readonly expiresAt: number },
): string;
/** Throws LEASE_INVALID with the problem. `now` in ms since the epoch. Gives back what the lease says. */
export declare function verifyLease(
  key: Uint8Array,
  lease: string,
  expected: { readonly jobId: string; readonly incarnation: number },
  now: number,
): { readonly serial: number; readonly expiresAt: number };

// ---- payloads

export interface Assignment {
  readonly kind: 'train' | 'evaluate';
  readonly epoch: number;
  /** Samples [start, end) of the epoch's order. */
  readonly start: number;
  readonly end: number;
}
export declare function encodeAssignment(assignment: Assignment): Uint8Array;
/** Throws FRAME_MALFORMED. */
export declare function decodeAssignment(payload: Uint8Array): Assignment;

/** Sums over the samples of one micro-batch (or evaluation slice). */
export interface Sums {
  readonly samples: number;
  readonly loss: number;
  /** In the order of WELCOME's `metrics`. */
  readonly metrics: readonly number[];
}
/** Bytes of the sums block for this many metrics: a multiple of 64. The gradients begin behind it. */
export declare function sumsBlockBytes(metrics: number): number;
/** Writes the block to the front of `target`. */
export declare function writeSums(target: Uint8Array, sums: Sums): void;
export declare function readSums(payload: Uint8Array, metrics: number): Sums;

export interface JsonPayloads {
  JOIN: { worker: string; numericsClass: string; lease: string; wantsPlan: boolean };
  WELCOME: { plan: TrainingPlan | null; elements: number; metrics: string[] };
  REFUSED: ErrorBody;
  RELEASE: { reason: string };
  LEAVE: { reason: string };
  FAILED: ErrorBody;
  HEARTBEAT: { worker: string; lease: string };
}
export type JsonFrameType = keyof JsonPayloads;
/** Parses and validates; throws FRAME_MALFORMED naming the field. */
export declare function decodeJson<Type extends JsonFrameType>(
  type: Type,
  payload: Uint8Array,
): JsonPayloads[Type];

// ---- connections

/** Frames whose payload goes straight into a buffer of the receiver; all others are small and received by the channel. */
export type TensorFrameType = 'PARAMETERS' | 'GRADIENT' | 'SCORES';

/** What a connection tells its owner. All calls are synchronous, on the event loop, in the order of the stream. */
export interface ChannelHandlers {
  /**
   * Where the payload of this frame belongs: a buffer of exactly that many bytes (a view of WebAssembly memory is fine),
   * or why the frame is refused. A buffer of another length than `header.payloadBytes` is a refusal with FRAME_LENGTH.
   * The buffer belongs to the channel until `frame` or `closed`.
   */
  target(header: FrameHeader<TensorFrameType>): Uint8Array | DescentError;
  /** A whole, checked frame. `payload` is the target itself, or for other types a buffer of its own that may be kept. */
  frame(header: FrameHeader, payload: Uint8Array): void;
  /** The payload of a refused frame has been read and dropped; answer with `connection.refuse(header, error)`. */
  refused(header: FrameHeader, error: DescentError): void;
  /**
   * Called once, last. null: one of the ends closed it between two frames. What `target`, `frame` or `refused` throws
   * closes the connection and comes here too.
   */
  closed(error: Error | null): void;
}

export interface ChannelConnection {
  /** For logs: `unix:/path` or `tcp:host:port` of the other end. */
  readonly peer: string;
  /** Bytes handed to `send` that the kernel has not taken yet. */
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
  /**
   * Queues one frame; never blocks and never copies: the parts must not change before `onSent`.
   * `onSent` is called exactly once, in the order of the sends: null when the kernel has all bytes, an error when
   * the connection closed before. Either way the buffers are free again.
   */
  send(fields: FrameFields, payload?: readonly Uint8Array[], onSent?: (error: Error | null) => void): void;
  sendJson<Type extends JsonFrameType>(fields: FrameFields<Type>, body: JsonPayloads[Type]): void;
  /** Sends REFUSED with the job, incarnation, step, micro-batch and assignment of the refused frame. */
  refuse(header: FrameHeader, error: DescentError): void;
  /** Sends what is queued (for at most 2 s), then closes. */
  close(): void;
  /** Closes now; queued sends get their `onSent` with an error. */
  destroy(error?: Error): void;
}

export interface ChannelServer {
  /** The actual address: a port 0 is replaced by the chosen one. */
  readonly address: string;
  readonly connections: ReadonlySet<ChannelConnection>;
  /** Stops listening, destroys the connections, removes the socket file. */
  close(): Promise<void>;
}
export interface ChannelServerOptions {
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  /** Called for each new connection; the handlers may keep their state in the closure. */
  readonly connected: (connection: ChannelConnection) => ChannelHandlers;
  /** Default 1024. */
  readonly maxConnections?: number;
  /** A peer that has not sent a whole JOIN or HEARTBEAT by then is closed. Default 5,000. */
  readonly joinTimeoutMs?: number;
  /** Payload checksums on what we send. Default: only to a TCP peer that is not on this host. */
  readonly checksum?: boolean;
}
/** Throws CHANNEL_ADDRESS_INVALID, CHANNEL_ADDRESS_IN_USE. */
export declare function createChannelServer(options: ChannelServerOptions): Promise<ChannelServer>;

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Default 5,000. */
  readonly connectTimeoutMs?: number;
  readonly checksum?: boolean;
}
/** Throws CHANNEL_UNREACHABLE (retryable). Aborting the signal destroys the connection, also later. */
export declare function connectChannel(
  address: string,
  connected: (connection: ChannelConnection) => ChannelHandlers,
  options?: ConnectOptions,
): Promise<ChannelConnection>;
