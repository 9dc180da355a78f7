import { type ChannelConnection, encodeAssignment, jobKey } from '@descent/gradient-channel';
import type { Held, Wire } from './worker-link.ts';

/** What a training job says to one worker, as frames on its connection. */
export function createWire(connection: ChannelConnection, jobId: string, incarnation: number): Wire {
  const base = { job: jobKey(jobId), incarnation };
  const about = ({ assignment, version, step, node }: Held) => ({
    ...base,
    assignment,
    step,
    version,
    microBatch: node.first,
    count: node.count,
  });
  return {
    parameters: (version, buffer, onSent) =>
      connection.send({ ...base, type: 'PARAMETERS', version }, [buffer.bytes], onSent),
    assign: (held, epoch) =>
      connection.send({ ...about(held), type: 'ASSIGN' }, [
        encodeAssignment({ kind: held.kind, epoch, bounds: held.node.bounds }),
      ]),
    accepted: (held) => connection.send({ ...about(held), type: 'ACCEPTED' }),
    recalled: (held) => connection.send({ ...about(held), type: 'RECALL' }),
    released: (reason) => connection.sendJson({ ...base, type: 'RELEASE' }, { reason }),
    refused: (header, error) => connection.refuse(header, error),
  };
}
