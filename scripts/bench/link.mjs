// A network link of a given rate in front of the gradient channel: one token bucket for each direction, shared by all
// connections, as the network card of the parameter server's host would be. It also counts bytes.
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** A sender that is ahead by less than this goes on at once; timers are no finer. */
const burstMs = 2;

export async function startLink({ listen, target, bytesPerSecond = Number.POSITIVE_INFINITY }) {
  const up = createBucket(bytesPerSecond);
  const down = createBucket(bytesPerSecond);
  const sockets = new Set();
  const server = createServer((worker) => {
    const parameterServer = connect(target);
    for (const [from, to, bucket] of [
      [worker, parameterServer, up],
      [parameterServer, worker, down],
    ]) {
      sockets.add(from);
      from.on('data', (chunk) => {
        from.pause();
        bucket.take(chunk.length, () => {
          if (to.destroyed) return;
          if (to.write(chunk)) from.resume();
          else to.once('drain', () => from.resume());
        });
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen, resolve);
  });
  return {
    path: listen,
    /** Bytes since the start: from the workers, and to them. */
    bytes: () => ({ up: up.bytes, down: down.bytes }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(listen, { force: true });
    },
  };
}

/** `100mbit`, `1gbit`, `12.5mbyte` → bytes per second; undefined when it is none of them. */
export function parseRate(text) {
  const match = /^(\d+(?:\.\d+)?)(kbit|mbit|gbit|mbyte)$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * { kbit: 125, mbit: 125_000, gbit: 125_000_000, mbyte: 1_000_000 }[match[2]];
}

function createBucket(bytesPerSecond) {
  const bucket = {
    bytes: 0,
    take(bytes, send) {
      bucket.bytes += bytes;
      const now = performance.now();
      const at = Math.max(now, bucket.freeAt);
      bucket.freeAt = at + (bytes * 1000) / bytesPerSecond;
      // What is sent has crossed the link: it arrives when its last byte does.
      const waitMs = bucket.freeAt - now;
      if (waitMs <= burstMs) send();
      else setTimeout(send, waitMs);
    },
    freeAt: 0,
  };
  return bucket;
}
