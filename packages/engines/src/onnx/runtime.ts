import { DescentError } from '@descent/errors';
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceName } from '../engine.ts';
import { messageOf } from '../message-of.ts';

export type Runtime = typeof import('onnxruntime-node');

/** Loaded on first use: it maps a native library of 45 MB, which a process that computes nothing need not have. */
export async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const problem = `onnxruntime-node does not load on ${process.platform}-${process.arch}: ${messageOf(cause)}`;
    throw new DescentError('ENGINE_UNAVAILABLE', { engine: 'onnx', problem }, { cause });
  }
}

/** What the device has no kernel for runs on the CPU. */
function providers(
  device: DeviceName,
  webgpuGaps: readonly string[],
  deviceIndex: number,
): readonly InferenceSession.ExecutionProviderConfig[] {
  switch (device) {
    case 'cpu':
      return ['cpu'];
    case 'webgpu':
      // An empty list is refused.
      return [webgpuGaps.length > 0 ? { name: 'webgpu', forceCpuNodeNames: webgpuGaps } : 'webgpu', 'cpu'];
    case 'cuda':
      return [{ name: 'cuda', deviceId: deviceIndex }, 'cpu'];
    default:
      throw device satisfies never;
  }
}

/**
 * - Denormals are kept: `session.set_denormal_as_zero` would switch the floating-point mode of the JavaScript thread
 *   that creates the session, for good.
 * - Threads do not spin: the cores they would burn belong to other workers of the machine.
 * - What fails is thrown and translated, so onnxruntime need not print it too.
 * - `all` includes onnxruntime's own fusions (Conv or Gemm with Relu).
 */
export function sessionOptions(
  device: DeviceName,
  threads: number,
  { webgpuGaps = [], deviceIndex = 0 }: { webgpuGaps?: readonly string[]; deviceIndex?: number } = {},
): InferenceSession.SessionOptions {
  return {
    executionProviders: providers(device, webgpuGaps, deviceIndex),
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
