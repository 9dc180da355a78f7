// Bytes per second of the gradient channel against a bare pair of node:net sockets, on this machine:
//   npx tsc -b packages/gradient-channel && node packages/gradient-channel/bench/transfer.mjs [--json]
// One transfer = the payload up, then the payload down. The two ways take turns; medians of 15.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChannel, createChannelServer } from '@descent/gradient-channel';

const SIZES = [400_000, 4_000_000, 40_000_000];
const ROUNDS = 15;
const folder = mkdtempSync(join(tmpdir(), 'descent-bench-'));

/** The channel: GRADIENT up, PARAMETERS down, each into a buffer that is there. */
async function channel(kind, bytes) {
  const up = new Uint8Array(bytes);
  const down = new Uint8Array(bytes);
  const sent = new Uint8Array(bytes).fill(7);
  const server = await createChannelServer({
    address: kind === 'unix' ? `unix:${join(folder, `channel-${bytes}`)}` : 'tcp:127.0.0.1:0',
    connected: (connection) => ({
      target: () => up,
      frame: ({ type }) => {
        if (type === 'GRADIENT') connection.send({ type: 'PARAMETERS' }, [sent]);
      },
      refused: () => {},
      closed: () => {},
    }),
  });
  let done = () => {};
  const worker = await connectChannel(server.address, () => ({
    target: () => down,
    frame: () => done(),
    refused: () => {},
    closed: () => {},
  }));
  worker.sendJson({ type: 'JOIN' }, { worker: 'w', numericsClass: 'n', lease: 'l', wantsPlan: false });
  return {
    transfer: () =>
      new Promise((resolve) => {
        done = resolve;
        worker.send({ type: 'GRADIENT' }, [sent]);
      }),
    close: () => server.close(),
  };
}

/** Two sockets and a counter: the connecting one reads in place, the accepting one with 'data', as node:net offers it. */
async function bare(kind, bytes) {
  const sent = new Uint8Array(bytes).fill(7);
  const target = new Uint8Array(bytes);
  let done = () => {};
  const server = createServer((socket) => {
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received < bytes) return;
      received = 0;
      socket.write(sent);
    });
  });
  await new Promise((resolve) =>
    kind === 'unix'
      ? server.listen(join(folder, `bare-${bytes}`), resolve)
      : server.listen(0, '127.0.0.1', resolve),
  );
  let received = 0;
  const onread = {
    buffer: () => target.subarray(received),
    callback: (count) => {
      received += count;
      if (received === bytes) {
        received = 0;
        done();
      }
      return true;
    },
  };
  const address = server.address();
  const socket = connect(
    kind === 'unix'
      ? { path: address, onread }
      : { host: '127.0.0.1', port: address.port, onread, noDelay: true },
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    transfer: () =>
      new Promise((resolve) => {
        done = resolve;
        socket.write(sent);
      }),
    close: () => {
      socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

for (const kind of ['unix', 'tcp']) {
  for (const bytes of SIZES) {
    const ways = { channel: await channel(kind, bytes), bare: await bare(kind, bytes) };
    const times = { channel: [], bare: [] };
    for (let round = -2; round < ROUNDS; round++) {
      for (const way of ['channel', 'bare']) {
        const start = performance.now();
        await ways[way].transfer();
        if (round >= 0) times[way].push(performance.now() - start);
      }
    }
    await Promise.all([ways.channel.close(), ways.bare.close()]);
    const ms = { channel: median(times.channel), bare: median(times.bare) };
    const result = {
      kind,
      bytes,
      channelMs: ms.channel,
      bareMs: ms.bare,
      channelBytesPerSecond: (2 * bytes * 1000) / ms.channel,
      ratioToBare: ms.bare / ms.channel,
    };
    console.log(
      process.argv.includes('--json')
        ? JSON.stringify(result)
        : `${kind} ${bytes / 1e6} MB each way: channel ${ms.channel.toFixed(2)} ms (${(result.channelBytesPerSecond / 1e9).toFixed(2)} GB/s), bare ${ms.bare.toFixed(2)} ms, ratio ${result.ratioToBare.toFixed(2)}`,
    );
  }
}
rmSync(folder, { recursive: true });
