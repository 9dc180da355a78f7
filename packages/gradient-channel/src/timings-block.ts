/** Milliseconds that a worker spent on one assignment. They are for people to look at: nothing depends on them. */
export interface WorkTimings {
  /** Waited in the worker behind other work. */
  readonly wait: number;
  /** Waited for the parameters, receiving them included. */
  readonly pull: number;
  /** Gathering samples and drawing masks. */
  readonly data: number;
  readonly compute: number;
  /** Adding sibling micro-batches. */
  readonly sum: number;
}

const order = ['wait', 'pull', 'data', 'compute', 'sum'] as const satisfies readonly (keyof WorkTimings)[];

/** Bytes of the timings block: 16 f32, those that have no meaning yet are zero. A multiple of 64, as for the sums block. */
export const timingsBytes = 64;

/** Writes the block to the front of `target`. */
export function writeTimings(target: Uint8Array, timings: WorkTimings): void {
  const view = new DataView(target.buffer, target.byteOffset, timingsBytes);
  target.fill(0, 0, timingsBytes);
  for (const [index, name] of order.entries()) view.setFloat32(4 * index, timings[name], true);
}

/** What is negative or not finite is read as 0: a worker's clock is its own. */
export function readTimings(payload: Uint8Array): WorkTimings {
  const view = new DataView(payload.buffer, payload.byteOffset, timingsBytes);
  const read = (index: number) => {
    const ms = view.getFloat32(4 * index, true);
    return Number.isFinite(ms) && ms > 0 ? ms : 0;
  };
  return { wait: read(0), pull: read(1), data: read(2), compute: read(3), sum: read(4) };
}
