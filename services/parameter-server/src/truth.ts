import type { ClaimAnswer, Report, ReportAnswer, ServerBeat } from '@descent/contracts';
import { DescentError, type ErrorBody } from '@descent/errors';

/** The internal routes of the api, as a parameter server sees them (packages/contracts/src/internal.ts). */
export interface Truth {
  /** Says that servers of this name have ended and this one takes their place. */
  replace(servers: string): Promise<void>;
  /** Says that this server is there, and what it has. */
  beat(beat: ServerBeat): Promise<void>;
  /** Takes the job over. JOB_CLAIM_REFUSED when another server is alive on it or it has ended. */
  claim(jobId: string): Promise<ClaimAnswer>;
  /** INCARNATION_STALE when another server took the job over; UNAVAILABLE when the api cannot be reached. */
  report(jobId: string, report: Report): Promise<ReportAnswer>;
  putCheckpoint(
    jobId: string,
    incarnation: number,
    step: number,
    file: Uint8Array,
  ): Promise<{ hash: string }>;
  /** ARTIFACT_DAMAGED when the api finds that the file does not match its hash. */
  getCheckpoint(jobId: string, step: number): Promise<Uint8Array>;
  /** A file of the artifact store. ARTIFACT_NOT_FOUND */
  getArtifact(hash: string): Promise<Uint8Array>;
  putWeights(jobId: string, incarnation: number, file: Uint8Array): Promise<{ hash: string }>;
}

export interface TruthOptions {
  readonly apiUrl: string;
  readonly serviceToken: string;
  /** Name of this parameter server process. */
  readonly server: string;
  readonly timeoutMs?: number;
}

export function createTruth({ apiUrl, serviceToken, server, timeoutMs = 10_000 }: TruthOptions): Truth {
  const call = async (method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(`${apiUrl}/internal${path}`, {
        ...init,
        method,
        headers: { authorization: `Bearer ${serviceToken}`, ...init.headers },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw new DescentError('UNAVAILABLE', { part: 'The api' }, { cause });
    }
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => undefined);
    // A damaged file stays damaged; any other 5xx may pass.
    const mayPass = response.status >= 500 && !(isErrorBody(body) && body.code === 'ARTIFACT_DAMAGED');
    if (!isErrorBody(body) || mayPass) {
      throw new DescentError('UNAVAILABLE', { part: 'The api', status: response.status, body });
    }
    throw DescentError.fromBody(body);
  };

  const post = async <Answer>(path: string, body: unknown): Promise<Answer> => {
    const headers = { 'content-type': 'application/json' };
    const response = await call('POST', path, { headers, body: JSON.stringify(body) });
    return (await whole(response.json())) as Answer;
  };

  const put = async (path: string, incarnation: number, file: Uint8Array): Promise<{ hash: string }> => {
    const headers = {
      'content-type': 'application/octet-stream',
      'x-descent-incarnation': String(incarnation),
    };
    const response = await call('PUT', path, { headers, body: file });
    return (await whole(response.json())) as { hash: string };
  };

  return {
    async replace(replaces) {
      await post('/servers', { server, replaces });
    },
    async beat(beat) {
      await post(`/servers/${encodeURIComponent(server)}/heartbeat`, beat);
    },
    claim: (jobId) => post(`/jobs/${jobId}/claim`, { server }),
    report: (jobId, report) => post(`/jobs/${jobId}/reports`, report),
    putCheckpoint: (jobId, incarnation, step, file) =>
      put(`/jobs/${jobId}/checkpoints/${step}`, incarnation, file),
    async getCheckpoint(jobId, step) {
      const response = await call('GET', `/jobs/${jobId}/checkpoints/${step}`);
      return new Uint8Array(await whole(response.arrayBuffer()));
    },
    async getArtifact(hash) {
      const response = await call('GET', `/artifacts/${hash}`);
      return new Uint8Array(await whole(response.arrayBuffer()));
    },
    putWeights: (jobId, incarnation, file) => put(`/jobs/${jobId}/weights`, incarnation, file),
  };
}

/** The body of an answer; UNAVAILABLE when it breaks off. */
async function whole<Body>(body: Promise<Body>): Promise<Body> {
  try {
    return await body;
  } catch (cause) {
    throw new DescentError('UNAVAILABLE', { part: 'The api' }, { cause });
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}
