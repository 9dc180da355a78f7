// Bytes per second of the gradient channel against a bare pair of node:net sockets, on this machine:
//   npx tsc -b packages/gradient-channel && node packages/gradient-channel/bench/transfer.mjs [--json] [--quick]
// One transfer = the payload up, then the payload down. The ways take turns; medians. `ratio` is against a bare pair as node:net
// offers it (for `threads`, on a Unix socket), `ratioToInPlace` against one that reads in place at both ends, as the channel does: what framing and checks cost.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, MessageChannel, parentPort, Worker } from 'node:worker_threads';
import { connectChannel, connectThread, createChannelServer } from '@descent/gradient-channel';

/** Bytes, and how many transfers of so many: short ones need many to warm up. */
const SIZES = [
  [400_000, 200],
  [4_000_000, 40],
  [40_000_000, 11],
];
let sockets = 0;
const isQuick = process.argv.includes('--quick');
const folder = isMainThread ? mkdtempSync(join(tmpdir(), 'descent-bench-')) : '';

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
  worker.sendJson(
    { type: 'JOIN' },
    { worker: 'w', numericsClass: 'n', lease: 'l', wantsPlan: false, holds: 1 },
  );
  return {
    transfer: () =>
      new Promise((resolve) => {
        done = resolve;
        worker.send({ type: 'GRADIENT' }, [sent]);
      }),
    close: () => server.close(),
  };
}

/** The same between two threads: the answer lies in shared memory, as the parameters of a parameter server do. */
async function threads(bytes) {
  const echo = new Worker(new URL(import.meta.url));
  const { port1, port2 } = new MessageChannel();
  echo.postMessage({ port: port2, bytes }, [port2]);
  const down = new Uint8Array(bytes);
  const sent = new Uint8Array(bytes).fill(7);
  let done = () => {};
  const worker = connectThread(port1, 'server', () => ({
    target: () => down,
    frame: () => done(),
    refused: () => {},
    closed: () => {},
  }));
  return {
    transfer: () =>
      new Promise((resolve) => {
        done = resolve;
        worker.send({ type: 'GRADIENT' }, [sent]);
      }),
    close: async () => {
      worker.close();
      await echo.terminate();
    },
  };
}

function answerOnThread() {
  parentPort.once('message', ({ port, bytes }) => {
    const up = new Uint8Array(bytes);
    const sent = new Uint8Array(new SharedArrayBuffer(bytes)).fill(7);
    connectThread(port, 'worker', (connection) => ({
      target: () => up,
      frame: () => connection.send({ type: 'PARAMETERS' }, [sent]),
      refused: () => {},
      closed: () => {},
    }));
  });
}

/** Reads `bytes` bytes at a time into one buffer, without a copy. */
function readInPlace(bytes, whole) {
  const target = new Uint8Array(bytes);
  let received = 0;
  return {
    buffer: () => target.subarray(received),
    callback: (count) => {
      received += count;
      if (received === bytes) {
        received = 0;
        whole();
      }
      return true;
    },
  };
}

/** Two sockets and a counter. The connecting one reads in place; the accepting one with 'data', or in place too. */
async function bare(kind, bytes, inPlace) {
  const sent = new Uint8Array(bytes).fill(7);
  let done = () => {};
  const accepted = new Set();
  const server = createServer({ pauseOnConnect: inPlace }, (shell) => {
    if (inPlace) {
      const handle = shell._handle;
      shell._handle = null;
      shell.destroy();
      const socket = new Socket({ handle, onread: readInPlace(bytes, () => socket.write(sent)) });
      accepted.add(socket);
      return;
    }
    accepted.add(shell);
    let received = 0;
    shell.on('data', (chunk) => {
      received += chunk.length;
      if (received < bytes) return;
      received = 0;
      shell.write(sent);
    });
  });
  await new Promise((resolve) =>
    kind === 'unix'
      ? server.listen(join(folder, `bare-${inPlace}-${bytes}-${sockets++}`), resolve)
      : server.listen(0, '127.0.0.1', resolve),
  );
  const onread = readInPlace(bytes, () => done());
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
      for (const other of accepted) other.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

if (isMainThread) await measureAll();
else answerOnThread();

async function measureAll() {
  for (const kind of ['threads', 'unix', 'tcp']) {
    for (const [bytes, transfers] of SIZES) {
      const rounds = isQuick ? Math.ceil(transfers / 5) : transfers;
      const ways = {
        channel: await (kind === 'threads' ? threads(bytes) : channel(kind, bytes)),
        bare: await bare(kind === 'threads' ? 'unix' : kind, bytes, false),
        bareInPlace: await bare(kind === 'threads' ? 'unix' : kind, bytes, true),
      };
      const names = Object.keys(ways);
      const times = Object.fromEntries(names.map((name) => [name, []]));
      for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
        for (const name of names) {
          const start = performance.now();
          await ways[name].transfer();
          if (round >= 0) times[name].push(performance.now() - start);
        }
      }
      await Promise.all(names.map((name) => ways[name].close()));
      const ms = Object.fromEntries(names.map((name) => [name, median(times[name])]));
      const result = {
        figure: 'S5',
        case: `${kind} ${bytes / 1e6} MB`,
        ratio: ms.bare / ms.channel,
        ratioToInPlace: ms.bareInPlace / ms.channel,
        kind,
        bytes,
        channelMs: ms.channel,
        bareMs: ms.bare,
        bareInPlaceMs: ms.bareInPlace,
        channelBytesPerSecond: (2 * bytes * 1000) / ms.channel,
      };
      console.log(
        process.argv.includes('--json')
          ? JSON.stringify(result)
          : `${result.case} each way: channel ${ms.channel.toFixed(2)} ms (${(result.channelBytesPerSecond / 1e9).toFixed(2)} GB/s), bare ${ms.bare.toFixed(2)} ms, bare in place ${ms.bareInPlace.toFixed(2)} ms, ratios ${result.ratio.toFixed(2)} and ${result.ratioToInPlace.toFixed(2)}`,
      );
    }
  }
  rmSync(folder, { recursive: true });
}
