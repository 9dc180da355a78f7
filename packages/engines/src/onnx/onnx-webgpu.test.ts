import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Debian's chromium brings a Vulkan driver that computes on the processor, and the loader for it. */
const chromium = '/usr/lib/chromium';
const driver = join(chromium, 'vk_swiftshader_icd.json');
const isInstalled = existsSync(driver) && existsSync(join(chromium, 'libvulkan.so.1'));
const reason = isInstalled ? '' : `: skipped, since ${driver} is missing (install Debian's chromium)`;

const folder = join(dirname(fileURLToPath(import.meta.url)), '../..');

describe.skipIf(!isInstalled)(`onnx on webgpu, on SwiftShader${reason}`, () => {
  it('passes the behavioural suite of all engines', { timeout: 300_000 }, () => {
    // The driver and the path of the loader are read when a process starts.
    const vitest = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [vitest, 'run', '--config', 'vitest.webgpu.ts', '--reporter', 'dot'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          VK_ICD_FILENAMES: driver,
          LD_LIBRARY_PATH: chromium,
          ORT_DISABLE_TELEMETRY: '1',
        },
      },
    );
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});
