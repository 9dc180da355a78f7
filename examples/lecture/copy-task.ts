// The copy task for the Neural Turing Machine, as a data set and a training job:
//   npx tsx examples/lecture/copy-task.ts data copy.npz
//   npx tsx examples/lecture/copy-task.ts job ds_… > copy.json
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { JobCreate } from '@descent/client';
import { encodeNpz, philox4x32, tensor } from '@descent/tensors';
import { copyMachine, neuralTuringMachine } from './neural-turing-machine.ts';

const shortest = 5;

/**
 * Random sequences of 5 to 8 vectors: `sequence` [length + 1, bits + 2] and `copy` [length, bits], which is
 * the sequence again, then zeros. A function of the seed.
 */
export function randomSequences(samples: number, seed: number) {
  const { bits, length } = copyMachine;
  const width = bits + 2;
  const sequence = new Float32Array(samples * (length + 1) * width);
  const copy = new Float32Array(samples * length * bits);
  const lengths: number[] = [];
  const words = new Uint32Array(4);
  for (let sample = 0; sample < samples; sample += 1) {
    philox4x32([sample, 0, 0, 0], [seed, 0], words);
    const count = shortest + ((words[3] ?? 0) % (length - shortest + 1));
    lengths.push(count);
    const input = sample * (length + 1) * width;
    for (let step = 0; step < count; step += 1) {
      const shown = input + (length - count + step) * width;
      for (let bit = 0; bit < bits; bit += 1) {
        const place = step * bits + bit;
        const value = ((words[place >>> 5] ?? 0) >>> (place & 31)) & 1;
        sequence[shown + bit] = value;
        copy[(sample * length + step) * bits + bit] = value;
      }
      sequence[shown + bits] = 1;
    }
    sequence[input + length * width + bits + 1] = 1;
  }
  return {
    sequence: tensor('float32', [samples, length + 1, width], sequence),
    copy: tensor('float32', [samples, length, bits], copy),
    lengths,
  };
}

/** Random sequences as a data set of two columns. */
export function copyTask(samples: number, seed: number): Uint8Array {
  const { sequence, copy } = randomSequences(samples, seed);
  return encodeNpz(
    new Map([
      ['sequence', sequence],
      ['copy', copy],
    ]),
  );
}

/** 2,500 steps over 10,000 sequences; a tenth of the data is held out, and never seen in training. */
export function copyJob(dataset: string): JobCreate {
  return {
    name: 'Neural Turing Machine, copy task',
    model: neuralTuringMachine(),
    data: { dataset, validation: { ratio: 0.1 } },
    training: {
      epochs: 9,
      batchSize: 32,
      microBatches: 1,
      seed: 1,
      optimizer: { type: 'adam', learningRate: 0.003 },
      schedule: { type: 'cosine', finalFactor: 0.05 },
      clipNorm: 1,
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [what, argument = ''] = process.argv.slice(2);
  if (what === 'data') writeFileSync(argument, copyTask(10_000, 1));
  else process.stdout.write(`${JSON.stringify(copyJob(argument))}\n`);
}
