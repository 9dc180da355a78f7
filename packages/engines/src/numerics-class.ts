import { readFileSync } from 'node:fs';

/**
 * Matrix kernels are picked by instruction set and add up in different orders, so equal bits depend on it.
 * x64 on Linux tells the widest of AVX-512, AVX2 and SSE; elsewhere the architecture has to do.
 */
export function instructionSet(): string {
  if (process.arch !== 'x64' || process.platform !== 'linux') return process.arch;
  const flags = cpuFlags();
  const widest = flags.has('avx512f') ? 'avx512' : flags.has('avx2') ? 'avx2' : 'sse';
  return `x64-${widest}`;
}

function cpuFlags(): ReadonlySet<string> {
  const line = readFileSync('/proc/cpuinfo', 'utf8').match(/^flags\s*:(.*)$/m);
  return new Set(line?.[1]?.trim().split(/\s+/) ?? []);
}
