import { createEngine, type ElementArray, type Engine, engineNames } from '@descent/engines';
import { dtypes, type Tensor } from '@descent/tensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConformanceCase,
  casesInstalled,
  claimed,
  type DataSet,
  readCases,
  readData,
} from '../conformance/cases.ts';
import { exceptions } from '../conformance/exceptions.ts';
import { difference, type LoweredCase, lowerCase } from '../conformance/run-case.ts';
import { engineExceptions } from './engine-exceptions.ts';

const why = casesInstalled ? '' : ' (skipped: apt-get install libonnx-testdata)';

describe.skipIf(!casesInstalled)(`ONNX's conformance cases${why}`, () => {
  const cases = readCases().filter((one) => claimed(one) && !Object.hasOwn(exceptions, one.name));

  describe.each(engineNames)('on the %s engine', (name) => {
    const excepted = engineExceptions[name];
    let engine: Engine;
    beforeAll(async () => {
      engine = await createEngine({ engine: name, device: 'cpu' });
    });
    afterAll(() => engine.dispose());

    test.each(cases.filter((one) => !Object.hasOwn(excepted, one.name)))('$name', async (one) => {
      expect(await differences(engine, one)).toEqual([]);
    });

    test.each(cases.filter((one) => Object.hasOwn(excepted, one.name)))(
      '$name stays an exception',
      async (one) => {
        const result = await differences(engine, one).catch((error: unknown) => [String(error)]);
        expect(result).not.toEqual([]);
      },
    );

    test('every exception is a case of an operator that we have', () => {
      const names = new Set(cases.map((one) => one.name));
      expect(Object.keys(excepted).filter((one) => !names.has(one))).toEqual([]);
    });
  });
});

async function differences(engine: Engine, one: ConformanceCase): Promise<readonly string[]> {
  const found: string[] = [];
  for (const data of readData(one)) found.push(...(await differencesOf(engine, lowerCase(one, data), data)));
  return found;
}

async function differencesOf(
  engine: Engine,
  lowered: LoweredCase,
  data: DataSet,
): Promise<readonly string[]> {
  const program = await engine.compile(lowered.graph, { batch: 1 });
  const inputs = new Map(program.inputs.map(({ name }) => [name, elements(lowered.feeds[name]!)]));
  const outputs = new Map(
    program.outputs.map(({ name, dtype, elements: count }) => [
      name,
      elements({ dtype, shape: [count], data: new dtypes[dtype].array(count) }),
    ]),
  );
  await program.bind({ inputs, outputs }).run();
  await program.release();
  return lowered.outputs.flatMap((name, index) => {
    const port = program.outputs.find((output) => output.name === name)!;
    const actual = { dtype: port.dtype, shape: port.shape, data: outputs.get(name)! } as Tensor;
    return difference(actual, data.outputs[index]!) ?? [];
  });
}

function elements({ data }: Tensor): ElementArray {
  if (data instanceof Float64Array) throw new TypeError('engines have no float64 ports');
  return data;
}
