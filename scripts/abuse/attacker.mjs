// The load of `npm run abuse`, a process of its own. Told over IPC where to send it; says when it has begun, and what came back when
// it is told to stop. Speaks HTTP by hand: it shares the processor with those it attacks, so it should use little of it.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Connections with one request at a time each: what is not answered yet cannot be followed by more. */
const connections = 256;

process.once('message', async ({ url, headers, paths, job, rate, streams }) => {
  const { hostname, port, host } = new URL(url);
  const answers = {};
  const count = (what) => {
    answers[what] = (answers[what] ?? 0) + 1;
  };
  const text = (method, path, more, body = '') =>
    [
      `${method} ${path} HTTP/1.1`,
      ...Object.entries({ host, ...headers, ...more }).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n');
  const json = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(job) };
  const requests = [
    { name: 'POST', bytes: text('POST', paths.submit, json, job) },
    ...Array.from({ length: 9 }, () => ({ name: 'GET', bytes: text('GET', paths.read, {}) })),
  ];

  let stopped = false;
  let sent = 0;
  let startMs = performance.now();
  const owed = () => ((performance.now() - startMs) / 1000) * rate - sent;
  const free = new Set();

  /** One connection, made again when the other side closes it. */
  function open() {
    let name = '';
    let heard = '';
    const socket = connect(port, hostname);
    const send = () => {
      const request = requests[sent++ % requests.length];
      name = request.name;
      heard = '';
      socket.write(request.bytes);
    };
    const rest = () => {
      if (owed() >= 1) send();
      else free.add(send);
    };
    socket.once('connect', rest);
    socket.setEncoding('latin1').on('data', (chunk) => {
      heard += chunk;
      const head = heard.indexOf('\r\n\r\n');
      if (head < 0) return;
      const [, length] = /content-length: (\d+)/i.exec(heard) ?? [];
      if (heard.length < head + 4 + Number(length)) return;
      count(`${name} ${heard.slice(9, 12)}`);
      rest();
    });
    socket.once('error', ({ code }) => count(code));
    socket.once('close', () => {
      free.delete(send);
      if (!stopped) open();
    });
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }

  const sockets = new Set();
  for (let index = 0; index < streams; index++) {
    const socket = connect(port, hostname);
    sockets.add(socket);
    socket.once('connect', () => socket.write(text('GET', paths.stream, { accept: 'text/event-stream' })));
    socket.once('data', (chunk) => count(`stream ${chunk.toString('latin1', 9, 12)}`));
    socket.once('error', ({ code }) => count(`stream ${code}`));
    socket.resume();
  }
  // As many streams as it gets, before its requests use up what its token may ask.
  await pause(2000);
  startMs = performance.now();
  for (let index = 0; index < connections; index++) open();
  // Timers come late on a busy machine: what is owed by the clock is sent.
  const timer = setInterval(() => {
    for (const send of free) {
      if (owed() < 1) return;
      free.delete(send);
      send();
    }
  }, 5);
  process.send('begun');

  process.once('message', () => {
    stopped = true;
    clearInterval(timer);
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage();
    const perSecond = Math.round(sent / seconds);
    process.send({ perSecond, cores: Math.round((user + system) / 1e4 / seconds) / 100, answers });
    for (const socket of sockets) socket.destroy();
    process.disconnect();
  });
});
