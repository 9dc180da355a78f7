import type { EngineName } from '@descent/engines';

/** Conformance cases that the reference evaluation passes and an engine does not, and why. One that would pass fails the tests. */
export const engineExceptions: Readonly<Record<EngineName, Readonly<Record<string, string>>>> = {
  onnx: {},
  tfjs: { test_maxpool_2d_uint8: 'TensorFlow.js pools floating point only' },
};
