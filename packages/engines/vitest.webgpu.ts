import { defineConfig } from 'vitest/config';

/** The behavioural suite on a GPU driver that is chosen by the environment of the process: see onnx-webgpu.test.ts. */
const conditions = ['descent-source', 'module', 'node', 'development|production'];

export default defineConfig({
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: { include: ['src/onnx/onnx-webgpu.suite.ts'], testTimeout: 60_000 },
});
