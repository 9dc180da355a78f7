import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface SlowClientLimits {
  /** Without a byte of the body for so long: the connection is closed. */
  readonly bodyIdleMs: number;
  /** A body that is read into memory must be there by then; a file that is streamed may take its time. */
  readonly bodyMs: number;
}

/**
 * Closes connections whose body comes too slowly (headers: Node's `headersTimeout`, set in app.ts). Ends with the body:
 * an answer may take as long as its work or its stream.
 */
export function limitSlowClients(app: FastifyInstance, { bodyIdleMs, bodyMs }: SlowClientLimits): void {
  app.addHook('onRequest', async (request) => {
    if (!hasBody(request)) return;
    const { raw } = request;
    const isStreamed = request.routeOptions.config.upload === true;
    const close = () => raw.socket.destroy();
    raw.socket.setTimeout(bodyIdleMs, close);
    const deadline = isStreamed ? undefined : setTimeout(close, bodyMs);
    const done = () => {
      clearTimeout(deadline);
      raw.socket.setTimeout(0);
      raw.socket.off('timeout', close);
    };
    raw.once('end', done);
    raw.once('close', done);
  });
}

function hasBody({ headers, raw }: FastifyRequest): boolean {
  // Requests of tests are injected and have no socket that could be slow.
  const isReal = typeof raw.socket.setTimeout === 'function';
  return isReal && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);
}
