import { type ChannelConnection, encodeAssignment, jobKey } from '@descent/gradient-channel';
import type { Wire } from './worker-link.ts';

/** What a training job says to one worker, as frames on its connection. */
export function createWire(connection: ChannelConnection, jobId: string, incarnation: number): Wire {
  const base = { job: jobKey(jobId), incarnation };
  return {
    parameters: (version, buffer, onSent) =>
      connection.send({ ...base, type: 'PARAMETERS', version }, [buffer.bytes], onSent),
    assign({ assignment, kind, version, unit }, epoch) {
      const { index: microBatch, start, end } = unit;
      const fields = { ...base, type: 'ASSIGN', assignment, step: version, version, microBatch } as const;
      connection.send(fields, [encodeAssignment({ kind, epoch, start, end })]);
    },
    accepted: ({ assignment, version, unit }) =>
      connection.send({ ...base, type: 'ACCEPTED', assignment, step: version, microBatch: unit.index }),
    released: (reason) => connection.sendJson({ ...base, type: 'RELEASE' }, { reason }),
    refused: (header, error) => connection.refuse(header, error),
  };
}
