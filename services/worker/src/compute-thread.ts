import { MessageChannel, parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import { createEngine } from '@descent/engines';
import { connectChannel, connectThread, type WorkTimings } from '@descent/gradient-channel';
import { createGradientAgent } from './gradient-agent.ts';
import { prepareJob } from './prepared-job.ts';
import { createShardCache } from './shard-cache.ts';
import { slowDown } from './slow-down.ts';
import type { ComputeThreadData, FromCompute, ToCompute } from './thread-messages.ts';

const data = workerData as ComputeThreadData;
const { worker, threads, choice, slowdown, checksum, timed } = data;
const post = (message: FromCompute, transfer: readonly TransferListItem[] = []) =>
  parentPort!.postMessage(message, transfer);

const fullSpeed = await createEngine({ ...choice, threads });
const engine = slowdown === 1 ? fullSpeed : slowDown(fullSpeed, slowdown);
const shards = createShardCache({
  apiUrl: data.apiUrl,
  serviceToken: data.serviceToken,
  folder: data.cacheDir,
  diskBytes: data.cacheDiskBytes,
  memoryBytes: data.cacheMemoryBytes,
});
const connect: typeof connectChannel = async (address, connected) => {
  if (address !== data.neighbour)
    return connectChannel(address, connected, checksum === undefined ? {} : { checksum });
  const { port1, port2 } = new MessageChannel();
  post({ type: 'connect', port: port2 }, [port2]);
  return connectThread(port1, 'server', connected);
};
let times: WorkTimings[] = [];
const onWork = (one: WorkTimings) => void times.push(one);
const agent = createGradientAgent({
  worker,
  numericsClass: engine.numericsClass,
  connect,
  prepare: (plan, parameters) => prepareJob({ plan, parameters, engine, shards, ...(timed && { onWork }) }),
});

parentPort!.on('message', async (message: ToCompute) => {
  if (message.type !== 'serve') {
    agent[message.type](message.reason);
    return;
  }
  const problem = await agent.serve(message.job);
  post({ type: 'served', ...(problem === undefined ? {} : { problem }), times });
  times = [];
});
post({ type: 'ready', numericsClass: engine.numericsClass });
