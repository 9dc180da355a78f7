import { MessageChannel, parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import { connectChannel, connectThread } from '@descent/gradient-channel';
import { type OpenDevice, openDevice } from './devices/device.ts';
import { createDevicePool } from './devices/device-pool.ts';
import { startDeviceThread } from './devices/device-thread-handle.ts';
import { createGradientAgent, type GradientAgent } from './gradient-agent.ts';
import type { ComputeThreadData, FromCompute, ToCompute } from './thread-messages.ts';
import type { DoneWork } from './work-meter.ts';

const data = workerData as ComputeThreadData;
const { checksum } = data;
const post = (message: FromCompute, transfer: readonly TransferListItem[] = []) =>
  parentPort!.postMessage(message, transfer);

const connect: typeof connectChannel = async (address, connected) => {
  if (address !== data.neighbour)
    return connectChannel(address, connected, checksum === undefined ? {} : { checksum });
  const { port1, port2 } = new MessageChannel();
  post({ type: 'connect', port: port2 }, [port2]);
  return connectThread(port1, 'server', connected);
};
let times: DoneWork[] = [];
const onWork = (one: DoneWork) => void times.push(one);

const openPool = async (count: number): Promise<OpenDevice> => {
  const { neighbour: _, ...settings } = data;
  const [first, ...others] = await Promise.all(
    Array.from({ length: count }, (_, deviceIndex) =>
      startDeviceThread({ ...settings, choice: { ...data.choice, deviceIndex } }),
    ),
  );
  return createDevicePool([first!, ...others], onWork);
};
const device = data.devices === 1 ? await openDevice(data, onWork) : await openPool(data.devices);
let agent: GradientAgent | undefined;

parentPort!.on('message', async (message: ToCompute) => {
  if (message.type === 'identify') {
    agent ??= createGradientAgent({ worker: message.worker, device, connect });
    return;
  }
  if (message.type !== 'serve') {
    agent?.[message.type](message.reason);
    return;
  }
  const problem = await agent?.serve(message.job);
  post({ type: 'served', ...(problem === undefined ? {} : { problem }), times });
  times = [];
});
post({ type: 'ready', facts: device.facts });
