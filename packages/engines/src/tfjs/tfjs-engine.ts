import { type Graph, graphHash } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { checkOutputs, wholeNumber } from '../check-options.ts';
import type { Bindings, BoundProgram, CompileOptions, Engine, Program } from '../engine.ts';
import { boundArray } from '../ports.ts';
import { ProgramCache } from '../program-cache.ts';
import { type OpenBackend, openBackend, type TfjsBackend } from './backends.ts';
import { type Plan, planGraph } from './plan.ts';
import { createResident, disposeResident, type Resident, runPlan } from './run-plan.ts';

export interface TfjsEngineOptions {
  readonly backend?: TfjsBackend;
  /** Released programs that stay prepared. */
  readonly cacheSize?: number;
}

interface Prepared {
  readonly plan: Plan;
  readonly resident: Resident;
}

/** The engine on TensorFlow.js: walks the graph node by node. Throws ENGINE_UNAVAILABLE where the backend does not load. */
export async function createTfjsEngine(options: TfjsEngineOptions = {}): Promise<Engine> {
  const { backend = 'wasm', cacheSize = 8 } = options;
  wholeNumber('cacheSize', cacheSize, 0);
  const open = await openBackend(backend);
  const cache = new ProgramCache<Prepared>(cacheSize, async ({ resident }) => disposeResident(resident));
  let disposed = false;

  return {
    name: 'tfjs',
    device: open.isGpu ? 'cuda' : 'cpu',
    numericsClass: `${open.computes}/f32`,
    compile: async (graph: Graph, { batch, outputs = [...graph.outputs.keys()] }: CompileOptions) => {
      if (disposed) throw new DescentError('ENGINE_DISPOSED', { what: 'The engine' });
      wholeNumber('batch', batch, 1);
      checkOutputs(graph, outputs);
      const key = JSON.stringify([graphHash(graph), batch, outputs]);
      const prepared = await cache.acquire(key, async () => ({
        plan: planGraph(graph, batch, outputs),
        resident: createResident(),
      }));
      return programOf(open, prepared, () => cache.release(key));
    },
    dispose: async () => {
      disposed = true;
      await cache.clear();
    },
  };
}

function programOf(open: OpenBackend, { plan, resident }: Prepared, giveBack: () => Promise<void>): Program {
  let released = false;
  const inUse = () => {
    if (released) throw new DescentError('ENGINE_DISPOSED', { what: 'A program' });
  };
  return {
    inputs: plan.inputs,
    outputs: plan.outputs,
    bind: (bindings: Bindings): BoundProgram => {
      inUse();
      for (const port of plan.inputs) boundArray(port, bindings.inputs);
      for (const port of plan.outputs) boundArray(port, bindings.outputs);
      return {
        run: async () => {
          inUse();
          select(open);
          runPlan(open, plan, resident, bindings);
        },
      };
    },
    release: async () => {
      if (released) return;
      released = true;
      await giveBack();
    },
  };
}

/** TensorFlow.js has one backend at a time. Of one that has started, the choice is made before `setBackend` returns. */
function select({ tf, backend }: OpenBackend): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend);
}
