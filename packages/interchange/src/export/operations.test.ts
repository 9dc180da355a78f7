import { caseBatch, evaluate, type OperationCase, onnxOperations, operationCases } from '@descent/autodiff';
import { isDescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { writeOnnx } from './onnx/export-onnx.ts';
import { writePytorch } from './pytorch/export-pytorch.ts';
import { largestDifference, missingTorch, type PythonRun, runOnnx, runPytorch } from './testing.ts';

const nothing = {
  layout: { entries: [], elements: 0, trainableElements: 0, gradientElements: 0 },
  layers: [],
};

/** Forms that no inference graph has: gradients, losses, training, and integer division, which traps in onnxruntime. */
function isForInference({ forward }: OperationCase): boolean {
  return forward.nodes.every(({ op, attributes, inputs }) => {
    const isFloat = forward.types.get(inputs[0]!)?.dtype === 'float32';
    if (op === 'Div' || op === 'Mod') return isFloat;
    return Object.hasOwn(onnxOperations, op) && !op.endsWith('Loss') && attributes.training_mode !== 1;
  });
}

const cases = operationCases.filter(isForInference).map(({ name, forward, feeds }) => {
  const outputs = new Map([['prediction', forward.outputs.get('out')!]]);
  const expected = evaluate(forward, feeds, { batch: caseBatch }).outputs.get('out')!;
  return { name, graph: { ...forward, outputs }, feeds, expected };
});

/** The operations that the case lacks words for in this format; undefined when it was written. */
function refused(write: () => unknown): readonly string[] | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (!isDescentError(error) || error.code !== 'EXPORT_UNSUPPORTED') throw error;
    return (error.details as { unsupported: string[] }).unsupported.map((text) => text.replace(/ .*/, ''));
  }
}

describe('ONNX', () => {
  test.each(cases)('$name computes the same in onnxruntime', async ({ name, graph, feeds, expected }) => {
    const left = refused(() => writeOnnx('case', graph, new Map()));
    if (left !== undefined) {
      expect(onnxRefuses).toEqual(expect.arrayContaining([...left]));
      return;
    }
    if (onnxruntimeDiffers.has(name)) return;
    const results = await runOnnx(writeOnnx('case', graph, new Map()), feeds);
    expect(largestDifference(results.get('prediction')!, expected)).toBeLessThan(1e-5);
  });
});

/** Valid ONNX that onnxruntime does not run (no kernel for the dtypes, stricter checks) or leaves undefined. */
const onnxruntimeDiffers: ReadonlySet<string> = new Set([
  'TopK along an inner axis, not sorted, values by the parity of their indices',
  'Pad reflected more than once',
  'Einsum ...ij,...jk->...ik of 2',
  'OneHot of integers',
  'Upsample of integers',
  'Resize that crops beyond the border',
  'ConvTranspose with output_padding of a whole stride',
  'ConvTranspose to a shape beyond its windows',
]);

/** Operations that have no form in opset 17, in some of their cases. */
const onnxRefuses = ['AveragePool', 'LpPool', 'Pad', 'Resize'];

/** Operations without words in PyTorch and without a function body, in some of their cases. */
const pytorchRefuses = [
  'ArgMax',
  'ArgMin',
  'AveragePool',
  'BitShift',
  'Compress',
  'ConvInputGrad',
  'Dropout',
  'EyeLike',
  'GatherND',
  'Hardmax',
  'IsInf',
  'MaxPool',
  'NonZero',
  'OneHot',
  'Pad',
  'Range',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMean',
  'Resize',
  'ReverseSequence',
  'ScatterND',
  'Shape',
  'Slice',
  'Split',
  'Unique',
];

describe('PyTorch', () => {
  const missing = missingTorch();
  test.skipIf(missing !== undefined)(
    missing === undefined
      ? 'every operation computes the same, or is refused by name'
      : `skipped: ${missing}`,
    () => {
      const runs: (PythonRun & { name: string; expected: Tensor })[] = [];
      for (const { name, graph, feeds, expected } of cases) {
        // PyTorch does not say which of equal elements comes first.
        if (/^TopK.*ties/.test(name)) continue;
        const left = refused(() => writePytorch({ ...nothing, name, graph }));
        if (left === undefined) {
          const inputs = graph.inputs.filter((input) => readBy(graph, input)).map((input) => feeds[input]!);
          runs.push({
            name,
            source: writePytorch({ ...nothing, name, graph }),
            weights: [],
            inputs,
            expected,
          });
        } else expect.soft(pytorchRefuses, name).toEqual(expect.arrayContaining([...left]));
      }
      const results = runPytorch(runs);
      runs.forEach(({ name, source, expected }, index) => {
        const result = results[index]!;
        if (typeof result === 'string') expect.soft(`${result}\n${source}`, name).toBe('');
        else
          expect
            .soft(largestDifference(result, expected), `${name} ${result.data} ${expected.data}\n${source}`)
            .toBeLessThan(1e-5);
      });
      expect(runs.length).toBeGreaterThan(cases.length * 0.9);
    },
    120_000,
  );
});

function readBy({ nodes, outputs }: (typeof cases)[number]['graph'], value: string): boolean {
  return nodes.some(({ inputs }) => inputs.includes(value)) || [...outputs.values()].includes(value);
}
