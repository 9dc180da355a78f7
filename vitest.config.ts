import { defineConfig } from 'vitest/config';

/** Unit tests stand beside the sources; system tests run the built service as real processes. */
export default defineConfig({
  ssr: { resolve: { conditions: ['descent-source', 'node', 'development|production'] } },
  resolve: { conditions: ['descent-source', 'node', 'development|production'] },
  test: {
    // The default leaves a core idle on a machine of two.
    maxWorkers: '100%',
    // As the services do: onnxruntime must not report its use to its maker.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'test/repository/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/simulation/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'parity',
          include: ['test/parity/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // After the unit tests: a stack needs the machine for itself.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'topology',
          include: ['test/topology/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
