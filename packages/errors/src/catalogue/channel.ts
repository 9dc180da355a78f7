import type { CatalogueEntry } from '../entry.ts';

/** Refusals on the gradient channel. Each is answered by name and changes nothing. */
export const channelErrors = {
  FRAME_MALFORMED: {
    status: 400,
    message: 'The frame is not one of ours: {problem}',
    advice: 'The connection is closed. Check that both ends run the same version of Descent.',
    retryable: false,
  },
  FRAME_LENGTH: {
    status: 400,
    message: 'A {type} frame of {actualBytes} bytes came where {expectedBytes} bytes belong',
    advice:
      'The frame is dropped before anything is allocated. Worker and parameter server disagree on the graph.',
    retryable: false,
  },
  FRAME_CHECKSUM: {
    status: 400,
    message: 'The payload of a {type} frame does not match its checksum',
    advice: 'The connection is closed and the assignment goes to another worker. Check the network.',
    retryable: true,
  },
  LEASE_INVALID: {
    status: 401,
    message: 'The lease is not valid: {problem}',
    advice: 'The worker takes another gradient job.',
    retryable: false,
  },
  NUMERICS_CLASS_MISMATCH: {
    status: 409,
    message: 'This job is computed in numerics class {expected}; the worker has {actual}',
    advice: 'Use workers of one class, or submit with `reproducibility: "relaxed"`.',
    retryable: false,
  },
  WORKER_QUARANTINED: {
    status: 403,
    message: 'Worker {worker} computed a wrong gradient: it computes no more for {jobId}',
    advice: 'Check its memory, processor and drivers. A worker that is started anew is taken again.',
    retryable: false,
  },
  GRAPH_MISMATCH: {
    status: 409,
    message: 'The worker compiled graph {actual} where the parameter server has {expected}',
    advice: 'Run the same version of Descent on every machine.',
    retryable: false,
  },
  CHANNEL_ADDRESS_INVALID: {
    status: 422,
    message: '"{address}" is not the address of a gradient channel: {problem}',
    advice: 'Use unix:/path on one host, tcp:host:port between hosts.',
    retryable: false,
  },
  CHANNEL_ADDRESS_IN_USE: {
    status: 409,
    message: 'Another process listens on {address}',
    advice: 'Stop the other parameter server, or give this one an address of its own.',
    retryable: false,
  },
  CHANNEL_UNREACHABLE: {
    status: 503,
    message: 'No parameter server answers at {address}: {problem}',
    advice: 'The worker takes another gradient job; check the network when it happens again and again.',
    retryable: true,
  },
  CHANNEL_CLOSED: {
    status: 503,
    message: 'The gradient channel to {peer} is closed: {problem}',
    advice: 'Nothing to do: the assignments go to other workers.',
    retryable: true,
  },
  CHANNEL_JOIN_TIMEOUT: {
    status: 400,
    message: '{peer} did not join within {timeoutMs} ms',
    advice: 'The connection is closed. Something other than a worker may be probing the port.',
    retryable: true,
  },
  CHANNEL_FULL: {
    status: 503,
    message: 'The parameter server has all {limit} connections that it may have',
    advice: 'Run more parameter servers, or fewer workers.',
    retryable: true,
  },
  GRADIENT_DUPLICATE: {
    status: 409,
    message: 'Step {step}, micro-batch {microBatch} already has its gradient',
    advice: 'Nothing to do: the first valid gradient counted.',
    retryable: false,
  },
  GRADIENT_LATE: {
    status: 409,
    message: 'A gradient for step {step} came while step {current} is being computed',
    advice: 'Nothing to do: the gradient was dropped.',
    retryable: false,
  },
  GRADIENT_UNASSIGNED: {
    status: 409,
    message: 'Step {step}, micro-batch {microBatch} was not assigned to this worker',
    advice: 'Nothing to do: the gradient was dropped.',
    retryable: false,
  },
  GRADIENT_NOT_FINITE: {
    status: 422,
    message: 'The gradient of step {step}, micro-batch {microBatch} holds NaN or infinity',
    advice: 'It is computed once more elsewhere; if that is not finite either, the job stops as diverged.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
