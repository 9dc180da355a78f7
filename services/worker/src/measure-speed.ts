import { cost } from '@descent/autodiff';
import type { ModelSpec } from '@descent/contracts';
import type { ElementArray, Engine } from '@descent/engines';
import { compileModel, trainingGraph } from '@descent/models';
import type { Dtype } from '@descent/tensors';

const spec: ModelSpec = {
  inputs: { x: { shape: [256] } },
  layers: [
    { type: 'dense', units: 256, activation: 'relu' },
    { type: 'dense', units: 10 },
  ],
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
};
const batch = 128;
const runs = 5;

/** FLOP per second of the training steps of a small model: a first guess, until real ones have been seen. Takes some hundredths of a second. */
export async function measureSpeed(engine: Engine): Promise<number> {
  const graph = trainingGraph(compileModel(spec));
  const program = await engine.compile(graph, { batch });
  try {
    const fill = (ports: typeof program.inputs) =>
      new Map(ports.map(({ name, dtype, elements }) => [name, zeros(dtype, elements)]));
    const bound = program.bind({ inputs: fill(program.inputs), outputs: fill(program.outputs) });
    await bound.run();
    const began = performance.now();
    for (let run = 0; run < runs; run++) await bound.run();
    const seconds = (performance.now() - began) / 1000;
    return (cost(graph, batch).flops * runs) / Math.max(seconds, 1e-6);
  } finally {
    await program.release();
  }
}

function zeros(dtype: Dtype, elements: number): ElementArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(elements);
    case 'int32':
      return new Int32Array(elements);
    case 'int64':
      return new BigInt64Array(elements);
    default:
      return new Uint8Array(elements);
  }
}
