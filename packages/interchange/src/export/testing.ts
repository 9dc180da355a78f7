import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feeds } from '@descent/autodiff';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '@descent/tensors';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

/** Debian's PyTorch; the python3 of the PATH has none. */
export const python = '/usr/bin/python3';

/** Why PyTorch cannot be asked, or undefined when it can. */
export function missingTorch(): string | undefined {
  const found = spawnSync(python, ['-c', 'import torch'], { encoding: 'utf8' });
  return found.status === 0 ? undefined : `no PyTorch for ${python} (Debian: python3-torch)`;
}

export interface PythonRun {
  readonly source: string;
  readonly weights: Iterable<readonly [string, Tensor]>;
  /** In the order of `forward`. */
  readonly inputs: readonly Tensor[];
}

/** Loads each file in one PyTorch process and returns what the models predict: outputs, or the text of the error. */
export function runPytorch(runs: readonly PythonRun[]): readonly (Tensor | string)[] {
  const folder = mkdtempSync(join(tmpdir(), 'descent-export-'));
  try {
    runs.forEach(({ source, weights, inputs }, index) => {
      writeFileSync(join(folder, `model_${index}.py`), source);
      writeFileSync(join(folder, `weights_${index}.safetensors`), encodeSafetensors(weights));
      writeFileSync(
        join(folder, `inputs_${index}.safetensors`),
        encodeSafetensors(inputs.map((input, place) => [`${place}`, boolAsBytes(input)] as const)),
      );
    });
    const result = spawnSync(python, ['-c', runner, folder, String(runs.length)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { OMP_NUM_THREADS: '1' },
    });
    if (result.status !== 0) throw new Error(result.stderr);
    return runs.map((_, index) => {
      const text = join(folder, `error_${index}.txt`);
      try {
        return readFileSync(text, 'utf8');
      } catch {
        const { tensors } = decodeSafetensors(readFileSync(join(folder, `out_${index}.safetensors`)));
        return tensors.get('out')!;
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function boolAsBytes(tensor: Tensor): Tensor {
  return tensor.dtype === 'bool' ? ({ ...tensor, dtype: 'uint8' } as Tensor) : tensor;
}

const runner = `
import importlib.util, json, struct, sys, traceback
import torch
folder, count = sys.argv[1], int(sys.argv[2])
names = {torch.float32: "F32", torch.int64: "I64", torch.int32: "I32", torch.uint8: "U8", torch.float64: "F64"}
for index in range(count):
    try:
        spec = importlib.util.spec_from_file_location(f"model_{index}", f"{folder}/model_{index}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        model = module.load(f"{folder}/weights_{index}.safetensors")
        inputs = module.read_safetensors(f"{folder}/inputs_{index}.safetensors")
        with torch.no_grad():
            out = model(*[inputs[str(place)] for place in range(len(inputs))])
        if out.dtype == torch.bool:
            out = out.to(torch.uint8)
        data = out.contiguous().numpy().tobytes()
        entry = {"out": {"dtype": names[out.dtype], "shape": list(out.shape), "data_offsets": [0, len(data)]}}
        header = json.dumps(entry).encode()
        with open(f"{folder}/out_{index}.safetensors", "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header + data)
    except Exception:
        with open(f"{folder}/error_{index}.txt", "w") as file:
            file.write(traceback.format_exc())
`;

/** Runs an ONNX file in onnxruntime with its default options. */
export async function runOnnx(file: Uint8Array, feeds: Feeds): Promise<ReadonlyMap<string, Tensor>> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const fed = session.inputNames.map((name) => {
      const { dtype, shape, data } = feeds[name]!;
      if (dtype === 'float64') throw new TypeError('ONNX files of ours are float32');
      return [name, new OrtTensor(dtype, data, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(fed));
    return new Map(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        { dtype: type, shape: dims, data } as Tensor,
      ]),
    );
  } finally {
    await session.release();
  }
}

/** Largest difference, relative to the larger of 1 and the expected value; infinite for other shapes. NaN equals NaN. */
export function largestDifference(actual: Tensor, expected: Tensor): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  const [a, b] = [actual, expected].map(({ data }) => Array.from(data as Iterable<number | bigint>, Number));
  return a!.reduce((worst, value, index) => {
    const other = b![index]!;
    if (value === other || (Number.isNaN(value) && Number.isNaN(other))) return worst;
    const difference = Math.abs(value - other) / Math.max(1, Math.abs(other));
    return Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }, 0);
}
