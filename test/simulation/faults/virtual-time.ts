/**
 * Time that passes only when nothing is left to do, and the processes that live in it. While `run` runs, the global timers
 * are those of the process whose event is being handled, so the services' own code needs no change.
 */
export interface Process {
  readonly name: string;
  /** running: handles its events. frozen: they wait. dead: they are dropped. */
  state: 'running' | 'frozen' | 'dead';
}

export interface VirtualTime {
  /** Milliseconds. */
  readonly now: number;
  /** Runs a task in a process; without one, in nobody's name. */
  after(ms: number, process: Process | undefined, task: () => void): Scheduled;
  spawn(name: string): Process;
  kill(process: Process): void;
  freeze(process: Process): void;
  thaw(process: Process): void;
  /** Handles events in order until `done` or the time is over; true when done. */
  run(until: number, done: () => boolean): Promise<boolean>;
  /** Events that wait. */
  readonly pending: number;
  /** Events handled. */
  readonly handled: number;
}

export interface Scheduled {
  cancelled: boolean;
}

interface Entry extends Scheduled {
  readonly at: number;
  readonly order: number;
  readonly process: Process | undefined;
  readonly task: () => void;
}

const turn = globalThis.setImmediate;
/** Comes when every promise that is settled has run its course; a turn of the event loop would ask the system for news each time. */
const settled = globalThis.process.nextTick;

export function createVirtualTime(): VirtualTime {
  const heap: Entry[] = [];
  const frozen = new Map<Process, Entry[]>();
  let now = 0;
  let order = 0;
  let handled = 0;
  let current: Process | undefined;

  const after = (ms: number, process: Process | undefined, task: () => void): Scheduled => {
    const entry: Entry = { at: now + Math.max(0, ms), order: order++, process, task, cancelled: false };
    push(heap, entry);
    return entry;
  };

  /** The timers of the process whose event is being handled. */
  const timers = {
    setTimeout: (task: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      handle(after(ms, current, () => task(...args))),
    setInterval(task: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) {
      const own = current;
      const interval: Scheduled = { cancelled: false };
      const beat = () => {
        if (interval.cancelled) return;
        after(ms, own, beat);
        task(...args);
      };
      after(ms, own, beat);
      return handle(interval);
    },
    setImmediate: (task: (...args: unknown[]) => void, ...args: unknown[]) =>
      handle(after(0, current, () => task(...args))),
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
  };

  return {
    get now() {
      return now;
    },
    get pending() {
      return heap.length;
    },
    get handled() {
      return handled;
    },
    after,
    spawn: (name) => ({ name, state: 'running' }),
    kill(process) {
      process.state = 'dead';
      frozen.delete(process);
    },
    freeze(process) {
      if (process.state !== 'running') return;
      process.state = 'frozen';
      frozen.set(process, []);
    },
    thaw(process) {
      if (process.state !== 'frozen') return;
      process.state = 'running';
      for (const { task } of frozen.get(process) ?? []) after(0, process, task);
      frozen.delete(process);
    },
    async run(until, done) {
      const real = Object.fromEntries(
        Object.keys(timers).map((name) => [name, Reflect.get(globalThis, name)]),
      );
      // A turn for whoever runs the simulation: below none is left to anybody else.
      await new Promise<void>((resolve) => turn(resolve));
      Object.assign(globalThis, timers);
      try {
        while (!done()) {
          const entry = pop(heap);
          if (entry === undefined || entry.at > until) return false;
          now = entry.at;
          const { process } = entry;
          if (entry.cancelled || process?.state === 'dead') continue;
          if (process?.state === 'frozen') {
            frozen.get(process)?.push(entry);
            continue;
          }
          handled++;
          current = process;
          entry.task();
          // Lets every promise that the event settled run its course in the name of the same process.
          await new Promise<void>((resolve) => settled(resolve));
          current = undefined;
        }
        return true;
      } finally {
        Object.assign(globalThis, real);
      }
    },
  };
}

/** What callers do with the timers that they get. */
function handle(scheduled: Scheduled): object {
  const self = { scheduled, unref: () => self, ref: () => self, hasRef: () => false };
  return self;
}

function cancel(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'scheduled' in timer) {
    (timer.scheduled as Scheduled).cancelled = true;
  }
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(entry, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return first;
}
