import { afterEach, expect, it } from 'vitest';
import { createEngine, type EngineChoice, vetoOf } from './choose-engine.ts';
import type { Engine } from './engine.ts';

const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.dispose();
});
const open = async (choice: EngineChoice) => {
  const engine = await createEngine(choice);
  opened.push(engine);
  return engine;
};

it('each engine can be asked for by name, and names itself in its numerics class', async () => {
  const onnx = await open({ engine: 'onnx', device: 'cpu', threads: 2 });
  const tfjs = await open({ engine: 'tfjs', device: 'cpu' });
  expect([onnx.name, onnx.device, tfjs.name, tfjs.device]).toEqual(['onnx', 'cpu', 'tfjs', 'cpu']);
  expect(onnx.numericsClass).toMatch(/^onnx-.+\/cpu-.+\/2-thread\/f32$/);
  expect(tfjs.numericsClass).toMatch(/^tfjs.+\/.+\/\d+-thread\/f32$/);
  expect(onnx.numericsClass).not.toBe(tfjs.numericsClass);
});

it('a device that an engine does not have is refused with the engine', async () => {
  await expect(createEngine({ engine: 'tfjs', device: 'webgpu' })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
    message: 'Engine "tfjs" cannot be loaded: it has no webgpu device',
  });
});

it('a driver that computes on the processor is no GPU unless it is asked for by name', () => {
  const choice = {
    engine: 'auto',
    device: 'auto',
    vulkanDrivers: ['/usr/lib/chromium/vk_swiftshader_icd.json'],
  } as const;
  const webgpu = { engine: 'onnx', device: 'webgpu' } as const;
  if (process.platform === 'linux') {
    expect(vetoOf(webgpu, choice)).toContain('computes on the processor');
  }
  expect(vetoOf(webgpu, { ...choice, device: 'webgpu' })).toBeUndefined();
  expect(vetoOf({ engine: 'onnx', device: 'cpu' }, choice)).toBeUndefined();
});

it('an engine without its libraries says how to get them', async () => {
  const attempt = createEngine({ engine: 'onnx', device: 'cuda' });
  const outcome = await attempt.then(
    (engine) => {
      opened.push(engine);
      return engine.device;
    },
    (error: Error) => error.message,
  );
  expect(outcome).toMatch(/^cuda$|npm rebuild onnxruntime-node|has no cuda on/);
});
