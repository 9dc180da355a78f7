/** Frame types of docs/protocol.md: name → number on the wire. */
export const FrameType = {
  JOIN: 1,
  WELCOME: 2,
  PARAMETERS: 3,
  ASSIGN: 4,
  GRADIENT: 5,
  SCORES: 6,
  ACCEPTED: 7,
  REFUSED: 8,
  RELEASE: 9,
  LEAVE: 10,
  FAILED: 11,
  HEARTBEAT: 12,
  READY: 13,
  RECALL: 14,
} as const;
export type FrameTypeName = keyof typeof FrameType;

/** The end of a connection that a frame comes from. */
export type Sender = 'worker' | 'server';

/**
 * How a frame is received. `atMost`: into a buffer of its own, so the limit is also all that a peer can make us allocate.
 * `tensor`: into the buffer that the receiver has ready, or not at all.
 */
export type PayloadRule = { readonly kind: 'own'; readonly atMost: number } | { readonly kind: 'tensor' };

/** Largest JSON payload of a worker. Its largest honest one is an error body of some hundred bytes. */
export const WORKER_JSON_BYTES = 64 * 1024;
/** Largest JSON payload of a parameter server: a plan holds the model spec and the shard list of the data set. */
export const SERVER_JSON_BYTES = 16 * 1024 * 1024;
/** Micro-batches of the largest node that one assignment may cover. */
export const MAX_NODE = 1024;
/** Largest ASSIGN payload: kind, epoch, and one sample boundary more than there are micro-batches. */
const ASSIGNMENT_BYTES = 8 + 4 * (MAX_NODE + 1);

export const frameRules: {
  readonly [Type in FrameTypeName]: { readonly sender: Sender; readonly payload: PayloadRule };
} = {
  JOIN: { sender: 'worker', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  WELCOME: { sender: 'server', payload: { kind: 'own', atMost: SERVER_JSON_BYTES } },
  PARAMETERS: { sender: 'server', payload: { kind: 'tensor' } },
  ASSIGN: { sender: 'server', payload: { kind: 'own', atMost: ASSIGNMENT_BYTES } },
  GRADIENT: { sender: 'worker', payload: { kind: 'tensor' } },
  SCORES: { sender: 'worker', payload: { kind: 'tensor' } },
  ACCEPTED: { sender: 'server', payload: { kind: 'own', atMost: 0 } },
  REFUSED: { sender: 'server', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  RELEASE: { sender: 'server', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  LEAVE: { sender: 'worker', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  FAILED: { sender: 'worker', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  HEARTBEAT: { sender: 'worker', payload: { kind: 'own', atMost: WORKER_JSON_BYTES } },
  READY: { sender: 'worker', payload: { kind: 'own', atMost: 0 } },
  RECALL: { sender: 'server', payload: { kind: 'own', atMost: 0 } },
};

/** Frames whose payload goes straight into a buffer of the receiver. */
export type TensorFrameType = 'PARAMETERS' | 'GRADIENT' | 'SCORES';

const names = new Map<number, FrameTypeName>(
  Object.entries(FrameType).map(([name, number]) => [number, name as FrameTypeName]),
);

export function frameTypeName(number: number): FrameTypeName | undefined {
  return names.get(number);
}
