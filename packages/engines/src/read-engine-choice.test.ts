import { expect, it } from 'vitest';
import { readEngineChoice } from './read-engine-choice.ts';

it('what is not set is chosen automatically', () => {
  expect(readEngineChoice({ DESCENT_ENGINE: '' })).toEqual({
    engine: 'auto',
    device: 'auto',
    vulkanDrivers: [],
  });
});

it('engine, device and the Vulkan drivers are taken from the environment', () => {
  expect(
    readEngineChoice({
      DESCENT_ENGINE: 'onnx',
      DESCENT_DEVICE: 'webgpu',
      VK_ICD_FILENAMES: '/swiftshader.json',
    }),
  ).toEqual({ engine: 'onnx', device: 'webgpu', vulkanDrivers: ['/swiftshader.json'] });
});

it.each([
  ['DESCENT_ENGINE', 'torch', '"torch" is not one of onnx, tfjs, auto'],
  ['DESCENT_DEVICE', 'gpu', '"gpu" is not one of cpu, webgpu, cuda, auto'],
])('%s=%s is refused by name', (variable, value, problem) => {
  expect(() => readEngineChoice({ [variable]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', details: { variable, problem } }),
  );
});
