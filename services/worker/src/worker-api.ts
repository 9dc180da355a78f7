import type {
  GradientQueuePayload,
  WorkerBeat,
  WorkerJoin,
  WorkerJoined,
  WorkerOrder,
} from '@descent/contracts';
import { DescentError, type ErrorBody } from '@descent/errors';

/** The api, as a worker sees it: by the internal routes, or from another machine with a worker token. */
export interface WorkerApi {
  join(facts: WorkerJoin): Promise<WorkerJoined>;
  /** @throws DescentError WORKER_NOT_FOUND: it was removed, or forgotten while it could not be heard */
  beat(id: string, beat: WorkerBeat): Promise<WorkerOrder>;
  /** The next gradient job; null: none came. Only with a worker token: others have the queue. */
  next(id: string, signal: AbortSignal): Promise<GradientQueuePayload | null>;
}

export interface WorkerApiOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly from: 'this-installation' | 'elsewhere';
}

const timeoutMs = 10_000;

export function createWorkerApi({ apiUrl, token, from }: WorkerApiOptions): WorkerApi {
  const prefix = from === 'elsewhere' ? '/v1' : '/internal';
  const post = async <Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await fetch(`${apiUrl}${prefix}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const answer: unknown = await response.json();
      if (response.ok) return answer as Answer;
      if (response.status < 500) throw DescentError.fromBody(answer as ErrorBody);
    } catch (cause) {
      if (cause instanceof DescentError) throw cause;
      throw new DescentError('UNAVAILABLE', { part: 'The api' }, { cause });
    }
    throw new DescentError('UNAVAILABLE', { part: 'The api', status: response.status });
  };
  return {
    join: (facts) => post('/workers', facts),
    beat: (id, beat) => post(`/workers/${id}/heartbeat`, beat),
    next: async (id, signal) => {
      const { job } = await post<{ job: GradientQueuePayload | null }>(`/workers/${id}/work`, {}, signal);
      return job;
    },
  };
}
