// S10: what a gradient job costs Redis, at 40 MB and at 0.4 MB of parameters: all bytes in and out of a real
// redis-server while a training job runs that is not the first one, by the gradient jobs that it served meanwhile.
import { connect } from 'node:net';
import { join } from 'node:path';
import { startService } from './service.mjs';
import { figureRow } from './targets.mjs';

const prefix = 'bench';

export async function redisCase({ files, quick, log }) {
  const service = await startService({ files, workers: 2, env: { DESCENT_QUEUE_PREFIX: prefix } });
  const redis = await openRedis(join(service.stack.dataDir, 'queue', 'queue.sock'));
  const bytesOf = async (name) => {
    // Each process sends the queue's scripts once, whole, some 200 KB together: not a cost of gradient jobs.
    await service.measure(name, 1, { maxWorkers: 2 });
    const before = await redis.traffic();
    const { samplesPerSecond } = await service.measure(name, quick ? 5 : 15, { maxWorkers: 2 });
    const after = await redis.traffic();
    const gradientJobs = after.gradientJobs - before.gradientJobs;
    const bytesPerGradientJob = (after.bytes - before.bytes) / gradientJobs;
    log(`redis, ${name}: ${Math.round(bytesPerGradientJob)} bytes for each of ${gradientJobs} gradient jobs`);
    return { gradientJobs, bytesPerGradientJob, samplesPerSecond };
  };
  try {
    const large = await bytesOf('wide');
    const small = await bytesOf('narrow');
    return {
      rows: [
        figureRow('S10', '40 MB ÷ 0.4 MB', large.bytesPerGradientJob / small.bytesPerGradientJob),
        figureRow('S10', 'KiB at 40 MB', large.bytesPerGradientJob / 1024),
      ],
      raw: { large, small },
    };
  } finally {
    redis.close();
    await service.stop();
  }
}

/** The few commands that are needed, in Redis' inline form. */
async function openRedis(path) {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let own = 0;
  const ask = (command) =>
    new Promise((resolve) => {
      let text = '';
      const read = (chunk) => {
        text += chunk;
        own += chunk.length;
        const head = /^\$(\d+)\r\n/.exec(text);
        const whole =
          head === null
            ? /^([:+-].*|\$-1)\r\n$/.test(text)
            : text.length >= head[0].length + Number(head[1]) + 2;
        if (!whole) return;
        socket.off('data', read);
        resolve(text);
      };
      socket.setEncoding('latin1').on('data', read);
      own += command.length + 2;
      socket.write(`${command}\r\n`);
    });
  const numberOf = (text, name) => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1] ?? 0);
  return {
    /** Bytes of everybody else so far, and gradient jobs added so far. */
    async traffic() {
      // A job that is added raises the counter of its queue's ids, also when its id is its own.
      const added = await ask(`GET ${prefix}:gradients:id`);
      const used = own;
      const info = await ask('INFO stats');
      const bytes = numberOf(info, 'total_net_input_bytes') + numberOf(info, 'total_net_output_bytes');
      return { bytes: bytes - used, gradientJobs: Number(/\r\n(\d+)\r\n/.exec(added)?.[1] ?? 0) };
    },
    close: () => socket.destroy(),
  };
}
