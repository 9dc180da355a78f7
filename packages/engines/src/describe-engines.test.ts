import { expect, it } from 'vitest';
import { describeEngines } from './describe-engines.ts';

it('the doctor sees one chosen engine on one chosen device, and why the others are not', async () => {
  const engines = await describeEngines();
  expect(engines.map(({ name, available, chosen }) => ({ name, available, chosen }))).toEqual([
    { name: 'onnx', available: true, chosen: true },
  ]);
  const devices = engines[0]!.devices;
  expect(devices.filter(({ chosen }) => chosen).map(({ name }) => name)).toEqual(['cpu']);
  expect(devices.every(({ reason }) => reason.length > 0)).toBe(true);
});
