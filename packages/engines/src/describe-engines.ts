import {
  type Candidate,
  candidates,
  type EngineChoice,
  isAskedFor,
  openCandidate,
  reasonOf,
  vetoOf,
} from './choose-engine.ts';
import type { DeviceName, EngineName } from './engine.ts';

/** One way to compute on this machine, as `descent doctor` shows it. */
export interface EngineDescription {
  readonly engine: EngineName;
  readonly device: DeviceName;
  /** What of the engine computes: `wasm`, `cpu` or `tensorflow` (tfjs-node, tfjs-node-gpu) for tfjs. */
  readonly backend: string | null;
  readonly state: 'chosen' | 'usable' | 'unusable';
  /** Numerics class of one that can be used, else what it lacks. */
  readonly reason: string;
}

/** All ways to compute in order of preference, and which one a worker with that choice takes. Never throws. */
export async function describeEngines(choice: EngineChoice): Promise<readonly EngineDescription[]> {
  const descriptions: EngineDescription[] = [];
  let isChosen = false;
  for (const candidate of candidates) {
    const { state, reason } = await examine(candidate, choice);
    const chosen: boolean = !isChosen && state === 'usable' && isAskedFor(candidate, choice);
    isChosen ||= chosen;
    const backend = candidate.engine === 'tfjs' ? candidate.backend : null;
    const { engine, device } = candidate;
    descriptions.push({ engine, device, backend, state: chosen ? 'chosen' : state, reason });
  }
  return descriptions;
}

async function examine(
  candidate: Candidate,
  choice: EngineChoice,
): Promise<{ readonly state: 'usable' | 'unusable'; readonly reason: string }> {
  const veto = vetoOf(candidate, choice);
  if (veto !== undefined) return { state: 'unusable', reason: veto };
  try {
    const engine = await openCandidate(candidate, choice);
    await engine.dispose();
    return { state: 'usable', reason: engine.numericsClass };
  } catch (error) {
    return { state: 'unusable', reason: reasonOf(error) };
  }
}
