import { parentPort, workerData } from 'node:worker_threads';
import { DescentError } from '@descent/errors';
import { type DeviceSettings, openDevice } from './device.ts';
import { type Ask, createDeviceServer } from './device-server.ts';
import type { FromDevice } from './device-thread-handle.ts';

const post = (message: FromDevice) => parentPort!.postMessage(message);
const device = await openDevice(workerData as DeviceSettings);
const serve = createDeviceServer(device);

parentPort!.on('message', async ({ call, ask }: { readonly call: number; readonly ask: Ask }) => {
  try {
    await serve(ask);
    post({ type: 'done', call });
  } catch (cause) {
    const error = cause instanceof DescentError ? cause : new DescentError('INTERNAL', {}, { cause });
    post({ type: 'failed', call, error: error.toBody() });
  }
});
post({ type: 'ready', facts: device.facts });
