import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RoundRobin {
  readonly port: number;
  close(): Promise<void>;
}

/** One address for several ports of loopback: each connection goes to the next of them that answers. */
export async function startRoundRobin(ports: readonly number[]): Promise<RoundRobin> {
  let next = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (incoming) => {
    sockets.add(incoming.once('close', () => sockets.delete(incoming)).on('error', () => undefined));
    forward(incoming, ports.length);
  });

  function forward(incoming: Socket, tries: number): void {
    if (tries === 0) return void incoming.destroy();
    const outgoing = connect(ports[next++ % ports.length] ?? 0, '127.0.0.1');
    const tryNext = () => forward(incoming, tries - 1);
    outgoing.once('error', tryNext);
    outgoing.once('connect', () => {
      outgoing.off('error', tryNext).on('error', () => incoming.destroy());
      outgoing.once('close', () => incoming.destroy());
      incoming.once('close', () => outgoing.destroy());
      incoming.pipe(outgoing).pipe(incoming);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
