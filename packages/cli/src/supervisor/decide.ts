import type { Effect, Part, StackEvent, StackFailure, StackState } from './stack-state.ts';

const firstBackOffMs = 200;
const longestBackOffMs = 5_000;
/** A process that ran this long was well: its end is not counted with the failures before it. */
const healthyMs = 10_000;
/** Processes of one part that may fail before the stack is up; most such failures (a bad setting) repeat for ever. */
const startAttempts = 3;

export interface Decision {
  readonly state: StackState;
  readonly effects: readonly Effect[];
}

/** The supervisor: what to do about an event. Pure; `runSupervisor` performs the effects in order. */
export function decide(stack: StackState, event: StackEvent): Decision {
  const effects: Effect[] = [];
  const state = next(stack, event, effects);
  return { state, effects };
}

export function backOffMs(failures: number): number {
  return Math.min(firstBackOffMs * 2 ** (failures - 1), longestBackOffMs);
}

function next(stack: StackState, event: StackEvent, effects: Effect[]): StackState {
  switch (event.type) {
    case 'begin':
      return startWhatCan(stack, effects);
    case 'ready':
      return change(
        stack,
        event.name,
        (part) => {
          if (part.state.phase !== 'starting') return part;
          effects.push({ type: 'timer', name: event.name, afterMs: null });
          if (stack.phase === 'up') effects.push({ type: 'tell', text: `${event.name} runs again` });
          return { ...part, state: { phase: 'running', sinceMs: event.atMs } };
        },
        (changed) => startWhatCan(changed, effects),
      );
    case 'left':
      return change(
        stack,
        event.name,
        (part) => leaves(part, event.reason, effects),
        (changed) => startWhatCan(changed, effects),
      );
    case 'exited':
      return exited(stack, event, effects);
    case 'due':
      return change(stack, event.name, (part) => overdue(part, effects));
    case 'stop':
      return stop(stack, null, effects);
    case 'force':
      return force(stack, effects);
    default:
      event satisfies never;
      return stack;
  }
}

function change(
  stack: StackState,
  name: string,
  update: (part: Part) => Part,
  then: (stack: StackState) => StackState = (changed) => changed,
): StackState {
  return then({
    ...stack,
    parts: stack.parts.map((part) => (part.plan.name === name ? update(part) : part)),
  });
}

function startWhatCan(stack: StackState, effects: Effect[]): StackState {
  if (stack.phase !== 'starting') return stack;
  const running = new Set(
    stack.parts.filter(({ state }) => state.phase === 'running').map(({ plan }) => plan.name),
  );
  if (stack.parts.every(({ plan, state }) => running.has(plan.name) || hasLeft(state))) {
    effects.push({ type: 'up' });
    return { ...stack, phase: 'up' };
  }
  const can = ({ plan, state }: Part) =>
    state.phase === 'waiting' && plan.needs.every((need) => running.has(need));
  return { ...stack, parts: stack.parts.map((part) => (can(part) ? start(part, effects) : part)) };
}

function start(part: Part, effects: Effect[]): Part {
  const { name, readyWithinMs } = part.plan;
  const starts = part.starts + 1;
  effects.push({ type: 'spawn', name, start: starts }, { type: 'timer', name, afterMs: readyWithinMs });
  return { ...part, starts, state: { phase: 'starting' } };
}

function exited(
  stack: StackState,
  { name, atMs, problem }: Extract<StackEvent, { type: 'exited' }>,
  effects: Effect[],
): StackState {
  const part = stack.parts.find(({ plan }) => plan.name === name);
  if (part === undefined || stack.phase === 'stopped') return stack;
  if (stack.phase === 'stopping') {
    effects.push({ type: 'timer', name, afterMs: null });
    const stopped = change(stack, name, (part) => ({ ...part, state: { phase: 'stopped' } }));
    return stopNextRank(stopped, effects);
  }
  if (hasLeft(part.state)) {
    effects.push({ type: 'timer', name, afterMs: null });
    return change(stack, name, (part) => ({ ...part, state: { phase: 'stopped' } }));
  }
  const wasWell = part.state.phase === 'running' && atMs - part.state.sinceMs >= healthyMs;
  const failures = wasWell ? 1 : part.failures + 1;
  if (stack.phase === 'starting' && failures >= startAttempts) {
    const ended = change(stack, name, (part) => ({ ...part, state: { phase: 'stopped' } }));
    effects.push({ type: 'timer', name, afterMs: null });
    return stop(ended, { part: name, problem }, effects);
  }
  const afterMs = backOffMs(failures);
  effects.push(
    { type: 'tell', text: `${name} ${problem}; it is started again in ${afterMs / 1000} s` },
    { type: 'timer', name, afterMs },
  );
  return change(stack, name, (part) => ({ ...part, failures, state: { phase: 'backing-off' } }));
}

function leaves(part: Part, reason: string, effects: Effect[]): Part {
  if (part.state.phase !== 'running') return part;
  const { name, stopWithinMs } = part.plan;
  effects.push(
    { type: 'tell', text: `${name} leaves: ${reason}. The next start of the service starts it again` },
    { type: 'timer', name, afterMs: stopWithinMs },
  );
  return { ...part, state: { phase: 'stopping' } };
}

/** In a stack that is not stopped itself, only what has left is, or is about to be. */
function hasLeft({ phase }: Part['state']): boolean {
  return phase === 'stopping' || phase === 'stopped';
}

/** The timer of a part ran out: its pause is over, or its process took too long. */
function overdue(part: Part, effects: Effect[]): Part {
  const { name, readyWithinMs } = part.plan;
  switch (part.state.phase) {
    case 'backing-off':
      return start(part, effects);
    case 'starting':
      effects.push({ type: 'tell', text: `${name} was not ready after ${readyWithinMs / 1000} s` });
      effects.push({ type: 'signal', name, signal: 'SIGKILL' });
      return part;
    case 'stopping':
      effects.push({ type: 'signal', name, signal: 'SIGKILL' });
      return part;
    case 'waiting':
    case 'running':
    case 'stopped':
      return part;
    default:
      part.state satisfies never;
      return part;
  }
}

function stop(stack: StackState, failure: StackFailure | null, effects: Effect[]): StackState {
  if (stack.phase === 'stopping' || stack.phase === 'stopped') return stack;
  const parts = stack.parts.map((part) => (hasProcess(part) ? part : withoutProcess(part, effects)));
  return stopNextRank({ phase: 'stopping', parts, failure }, effects);
}

function stopNextRank(stack: StackState, effects: Effect[]): StackState {
  const left = stack.parts.filter(({ state }) => state.phase !== 'stopped');
  if (left.length === 0) {
    effects.push({ type: 'finished', failure: stack.failure });
    return { ...stack, phase: 'stopped' };
  }
  const rank = Math.min(...left.map(({ plan }) => plan.stopRank));
  const parts = stack.parts.map((part): Part => {
    const { name, stopRank, stopWithinMs } = part.plan;
    if (stopRank !== rank || part.state.phase === 'stopping' || part.state.phase === 'stopped') return part;
    effects.push({ type: 'signal', name, signal: 'SIGTERM' }, { type: 'timer', name, afterMs: stopWithinMs });
    return { ...part, state: { phase: 'stopping' } };
  });
  return { ...stack, parts };
}

function force(stack: StackState, effects: Effect[]): StackState {
  const parts = stack.parts.map((part): Part => {
    if (!hasProcess(part)) return withoutProcess(part, effects);
    effects.push({ type: 'signal', name: part.plan.name, signal: 'SIGKILL' });
    return { ...part, state: { phase: 'stopping' } };
  });
  if (stack.phase === 'stopped') return stack;
  return stopNextRank({ ...stack, phase: 'stopping', parts }, effects);
}

function hasProcess({ state }: Part): boolean {
  return state.phase === 'starting' || state.phase === 'running' || state.phase === 'stopping';
}

function withoutProcess(part: Part, effects: Effect[]): Part {
  effects.push({ type: 'timer', name: part.plan.name, afterMs: null });
  return { ...part, state: { phase: 'stopped' } };
}
