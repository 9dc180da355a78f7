import type { FlatBuffer } from '@descent/optimizers';

/** A version that somebody reads; its buffer is not written before `release`. */
export interface PublishedVersion {
  readonly version: number;
  readonly buffer: FlatBuffer;
  /** Once. */
  release(): void;
}

/**
 * The flat parameter buffer in a few copies, so that a published version stays as it is while sockets still send it:
 * `socket.write` does not copy. A buffer is written again only when nothing refers to it.
 */
export interface ParameterVersions {
  readonly version: number;
  readonly current: FlatBuffer;
  /** Where the next version is to be written, or undefined while every other buffer is still being sent. */
  next(): FlatBuffer | undefined;
  /** Makes the buffer that `next` gave the current version. */
  publish(): void;
  /** Keeps the current version's buffer from being written; the result gives it free. */
  hold(): PublishedVersion;
  /** Calls back once `next` has a buffer to give. */
  whenFree(callback: () => void): void;
}

export function createParameterVersions(
  buffers: readonly FlatBuffer[],
  startVersion: number,
): ParameterVersions {
  const references = buffers.map(() => 0);
  let currentIndex = 0;
  let version = startVersion;
  let nextIndex = -1;
  let waiting: (() => void) | undefined;

  const findFree = () => buffers.findIndex((_, index) => index !== currentIndex && references[index] === 0);

  return {
    get version() {
      return version;
    },
    get current() {
      return buffers[currentIndex]!;
    },
    next() {
      nextIndex = findFree();
      return buffers[nextIndex];
    },
    publish() {
      if (nextIndex < 0) throw new Error('publish() without a buffer from next()');
      currentIndex = nextIndex;
      nextIndex = -1;
      version++;
    },
    hold() {
      const index = currentIndex;
      references[index]!++;
      let held = true;
      return {
        version,
        buffer: buffers[index]!,
        release() {
          if (!held) return;
          held = false;
          references[index]!--;
          if (references[index] === 0 && waiting !== undefined && findFree() >= 0) {
            const callback = waiting;
            waiting = undefined;
            callback();
          }
        },
      };
    },
    whenFree(callback) {
      if (findFree() >= 0) callback();
      else waiting = callback;
    },
  };
}
