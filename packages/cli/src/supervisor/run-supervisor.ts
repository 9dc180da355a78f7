import { decide } from './decide.ts';
import {
  createStackState,
  type Effect,
  type PartPlan,
  type StackEvent,
  type StackFailure,
  type StackState,
} from './stack-state.ts';

/** Where the effects of the supervisor go. */
export interface SupervisorSeams {
  /** Starts a process and reports `ready` and `exited` through `dispatch`, the latter exactly once. Never throws. */
  spawn(name: string, start: number, dispatch: (event: StackEvent) => void): void;
  /** Signals the process of a part; one that has ended is no error. */
  signal(name: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  tell(text: string): void;
  /** Called when an event has changed the state, after its effects. */
  changed(state: StackState): void;
  setTimer(callback: () => void, afterMs: number): { clear(): void };
}

export interface Supervisor {
  /** Resolves when every part runs. Stays open for a stack that never comes up: see `finished`. */
  readonly up: Promise<void>;
  /** Resolves when no process is left; with a failure if the stack could not start. */
  readonly finished: Promise<StackFailure | null>;
  stop(): void;
  force(): void;
}

/** Performs what `decide` says. */
export function runSupervisor(plans: readonly PartPlan[], seams: SupervisorSeams): Supervisor {
  let state = createStackState(plans);
  const timers = new Map<string, { clear(): void }>();
  const pending: StackEvent[] = [];
  let busy = false;
  let cameUp = (): void => {};
  let ended = (_failure: StackFailure | null): void => {};
  const up = new Promise<void>((resolve) => {
    cameUp = resolve;
  });
  const finished = new Promise<StackFailure | null>((resolve) => {
    ended = resolve;
  });

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'spawn':
        seams.spawn(effect.name, effect.start, dispatch);
        return;
      case 'signal':
        seams.signal(effect.name, effect.signal);
        return;
      case 'timer': {
        const { name, afterMs } = effect;
        timers.get(name)?.clear();
        timers.delete(name);
        if (afterMs !== null) {
          timers.set(
            name,
            seams.setTimer(() => dispatch({ type: 'due', name }), afterMs),
          );
        }
        return;
      }
      case 'tell':
        seams.tell(effect.text);
        return;
      case 'up':
        cameUp();
        return;
      case 'finished':
        ended(effect.failure);
        return;
      default:
        effect satisfies never;
    }
  };

  // An effect may dispatch at once (a process that cannot be spawned): events are taken one after the other.
  function dispatch(event: StackEvent): void {
    pending.push(event);
    if (busy) return;
    busy = true;
    for (let event = pending.shift(); event !== undefined; event = pending.shift()) {
      const decision = decide(state, event);
      const isChange = decision.state !== state;
      state = decision.state;
      for (const effect of decision.effects) perform(effect);
      if (isChange) seams.changed(state);
    }
    busy = false;
  }

  dispatch({ type: 'begin' });
  return {
    up,
    finished,
    stop: () => dispatch({ type: 'stop' }),
    force: () => dispatch({ type: 'force' }),
  };
}
