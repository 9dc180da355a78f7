import { expect, it } from 'vitest';
import { describeEngines } from './describe-engines.ts';

const cpu = { engine: 'auto', device: 'cpu' } as const;

it('onnx is the first choice on a processor, and tfjs can do it too', async () => {
  const engines = await describeEngines(cpu);
  const [chosen, ...others] = engines.filter(({ state }) => state === 'chosen');
  expect([chosen?.engine, chosen?.device, others]).toEqual(['onnx', 'cpu', []]);
  expect(engines.filter(({ state }) => state === 'usable').map(({ backend }) => backend)).toEqual(
    expect.arrayContaining(['wasm', 'cpu']),
  );
});

it('an engine asked for by name is chosen, on the fastest of its backends', async () => {
  const engines = await describeEngines({ ...cpu, engine: 'tfjs' });
  const usable = engines.find(
    ({ engine, device, state }) => engine === 'tfjs' && device === 'cpu' && state !== 'unusable',
  );
  expect(usable?.state).toBe('chosen');
});

it('everything that cannot be used says what it lacks', async () => {
  const engines = await describeEngines(cpu);
  for (const { state, reason } of engines) {
    expect(reason.length).toBeGreaterThan(0);
    if (state !== 'unusable') expect(reason).toMatch(/^(onnx|tfjs)[a-z-]*-\d+\.\d+\.\d+\/.+\/f32$/);
  }
});
