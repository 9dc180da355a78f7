import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlFlowOperators, importerOf } from '@descent/interchange';
import { decodeMessage, type GraphProto, type ModelProto, readTensor } from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';

/** Where Debian's libonnx-testdata puts ONNX's own conformance cases of single operators (opset 17). */
const folder = '/usr/share/libonnx-testdata/data/node';

export const casesInstalled = existsSync(folder);

export interface ConformanceCase {
  /** `test_add_bcast` */
  readonly name: string;
  readonly model: ModelProto;
  /** Operators of its nodes. */
  readonly operators: readonly string[];
}

/** Feeds and expected outputs of a case, in the order of the graph's inputs and outputs; undefined for an absent one. */
export interface DataSet {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export function readCases(): readonly ConformanceCase[] {
  if (!casesInstalled) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const model = decodeMessage('ModelProto', readFileSync(join(folder, name, 'model.onnx')));
      return { name, model, operators: [...new Set(operatorsOf(model.graph!))] };
    });
}

function operatorsOf({ node }: GraphProto): readonly string[] {
  return node.flatMap(({ opType = '', domain = '', attribute }) => [
    domain === '' ? opType : `${domain}.${opType}`,
    ...attribute.flatMap(({ g }) => (g === undefined ? [] : operatorsOf(g))),
  ]);
}

export function readData({ name }: ConformanceCase): readonly DataSet[] {
  const path = join(folder, name);
  const sets = readdirSync(path).filter((entry) => entry.startsWith('test_data_set_'));
  const read = (set: string, prefix: string) =>
    readdirSync(join(path, set))
      .filter((file) => file.startsWith(prefix))
      .sort((a, b) => Number(/\d+/.exec(a)![0]) - Number(/\d+/.exec(b)![0]))
      .map((file) => readTensor(decodeMessage('TensorProto', readFileSync(join(path, set, file))), file));
  return sets.map((set) => ({ inputs: read(set, 'input_'), outputs: read(set, 'output_') }));
}

/** Whether we have all operators of a case, those of its sub-graphs and functions included. */
export function claimed({ operators }: ConformanceCase): boolean {
  return operators.every((op) => controlFlowOperators.includes(op) || importerOf(op) !== undefined);
}
