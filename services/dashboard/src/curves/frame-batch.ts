export interface FrameBatch {
  /** Asks for one run in the next animation frame, however often it is asked. */
  request(): void;
  cancel(): void;
}

/** Many points may come between two frames; what is drawn from them is drawn once. */
export function createFrameBatch(
  run: () => void,
  schedule: (callback: () => void) => number = (callback) => requestAnimationFrame(callback),
  unschedule: (handle: number) => void = (handle) => cancelAnimationFrame(handle),
): FrameBatch {
  let handle: number | null = null;
  return {
    request() {
      handle ??= schedule(() => {
        handle = null;
        run();
      });
    },
    cancel() {
      if (handle !== null) unschedule(handle);
      handle = null;
    },
  };
}
