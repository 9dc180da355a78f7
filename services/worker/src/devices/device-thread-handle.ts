import { Worker } from 'node:worker_threads';
import { DescentError } from '@descent/errors';
import type { DeviceFacts, DeviceSettings } from './device.ts';
import type { DeviceLink } from './device-pool.ts';

/** Device thread → the thread that has the pool. */
export type FromDevice =
  | { readonly type: 'ready'; readonly facts: DeviceFacts }
  | { readonly type: 'done'; readonly call: number }
  | { readonly type: 'failed'; readonly call: number; readonly error: ReturnType<DescentError['toBody']> };

/** A device on a thread of its own. A thread that dies takes the one that started it with it: their jobs go elsewhere. */
export async function startDeviceThread(settings: DeviceSettings): Promise<DeviceLink> {
  const thread = new Worker(new URL('./device-thread.js', import.meta.url), { workerData: settings });
  const calls = new Map<number, { resolve(): void; reject(error: Error): void }>();
  let lastCall = 0;
  thread.once('error', (error) => {
    throw error;
  });
  thread.once('exit', (code) => {
    throw new Error(`a device thread ended with code ${code}`);
  });
  const facts = await new Promise<DeviceFacts>((resolve) => {
    thread.on('message', (message: FromDevice) => {
      switch (message.type) {
        case 'ready':
          resolve(message.facts);
          return;
        case 'done':
          calls.get(message.call)?.resolve();
          calls.delete(message.call);
          return;
        case 'failed':
          calls.get(message.call)?.reject(DescentError.fromBody(message.error));
          calls.delete(message.call);
          return;
        default:
          message satisfies never;
      }
    });
  });
  return {
    facts,
    ask: (ask) =>
      new Promise((resolve, reject) => {
        const call = ++lastCall;
        calls.set(call, { resolve, reject });
        thread.postMessage({ call, ask });
      }),
  };
}
