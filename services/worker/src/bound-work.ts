import type { Graph } from '@descent/autodiff';
import type { Gather, InputBinding } from '@descent/datasets';
import type { BoundProgram, ElementArray, Engine, Port } from '@descent/engines';
import { type CompiledModel, dropoutMask, gradientOutput, viewOf } from '@descent/models';
import { arrayOf } from '@descent/tensors';
import type { ResultBuffer } from './result-buffers.ts';

/** Which samples and which random masks one micro-batch (or evaluation slice) takes. */
export interface Draw {
  readonly kind: 'train' | 'evaluate';
  readonly epoch: number;
  /** Samples [start, end) of the epoch's order. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly microBatch: number;
  /** Their numbers in the split. */
  indices(): Uint32Array;
}

/** A program for one batch size, its inputs and outputs in place. */
export interface BoundWork {
  /** Outputs other than gradients, written over by the next run. */
  readonly outputs: ReadonlyMap<string, ElementArray>;
  /** Fills the inputs, unless they hold this draw already. */
  feed(draw: Draw): void;
  /** Gradients go into the result. Blocks the thread while it computes. */
  run(result: ResultBuffer): Promise<void>;
  release(): Promise<void>;
}

export interface BoundWorkOptions {
  readonly model: CompiledModel;
  readonly graph: Graph;
  readonly gathers: ReadonlyMap<string, Gather>;
  readonly batch: number;
  readonly parameters: Float32Array;
  readonly engine: Engine;
  readonly seed: number;
}

/** Compiles the graph for one batch size and ties every port to memory. */
export async function makeBoundWork(options: BoundWorkOptions): Promise<BoundWork> {
  const { model, graph, gathers, batch, parameters, engine, seed } = options;
  const { entries } = model.layout;
  const program = await engine.compile(graph, { batch });
  const feeds: ((draw: Draw, indices: Uint32Array) => void)[] = [];
  const parameterViews = new Map(entries.map((entry) => [entry.name, viewOf(parameters, entry)]));
  const gradientEntries = new Map(
    entries.flatMap((entry) => {
      const output = gradientOutput(entry);
      return output === undefined ? [] : [[output, entry] as const];
    }),
  );

  const inputOf = ({ name, dtype, elements }: Port): ElementArray => {
    const parameter = parameterViews.get(name);
    if (parameter !== undefined) return parameter;
    const target = arrayOf(dtype as InputBinding['dtype'], elements);
    const gather = gathers.get(name);
    if (gather !== undefined) {
      // Augmentation is for training; evaluations feed the samples as they are.
      feeds.push(({ kind, epoch }, indices) => gather(indices, target, kind === 'train' ? epoch : undefined));
      return target;
    }
    const index = model.randomInputs.findIndex((random) => random.name === name);
    const { rate } = model.randomInputs[index]!;
    feeds.push(({ step, microBatch }) =>
      dropoutMask(target as Float32Array, rate, index, { seed, step, microBatch }),
    );
    return target;
  };

  const inputs = new Map(program.inputs.map((port) => [port.name, inputOf(port)]));
  const outputs = new Map(
    program.outputs
      .filter(({ name }) => !gradientEntries.has(name))
      .map(({ name, dtype, elements }) => [name, arrayOf(dtype, elements) as ElementArray]),
  );
  /** By index of the result buffer: binding costs microseconds, but they add up. */
  const bound = new Map<number, BoundProgram>();
  const bindTo = ({ index, gradient }: ResultBuffer): BoundProgram => {
    const known = bound.get(index);
    if (known !== undefined) return known;
    const gradients = program.outputs.flatMap(({ name }) => {
      const entry = gradientEntries.get(name);
      return entry === undefined ? [] : [[name, viewOf(gradient.floats, entry)] as const];
    });
    const made = program.bind({ inputs, outputs: new Map<string, ElementArray>([...outputs, ...gradients]) });
    bound.set(index, made);
    return made;
  };
  let fed = '';

  return {
    outputs,
    feed(draw) {
      const { epoch, start, step, microBatch } = draw;
      const key = `${epoch} ${start} ${step} ${microBatch}`;
      if (key === fed) return;
      fed = key;
      const indices = draw.indices();
      for (const feed of feeds) feed(draw, indices);
    },
    run: (result) => bindTo(result).run(),
    release: () => program.release(),
  };
}
