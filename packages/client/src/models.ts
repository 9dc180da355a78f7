import type { ExplainModelRequest, Explanation, JobGraph, ModelGraphRequest } from '@descent/contracts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export type ModelsApi = ReturnType<typeof createModelsApi>;

/** Models that no job trains: what they are made of, and what flows through them. */
export function createModelsApi({ http, body }: Transport) {
  return {
    /** The computation graph, with shapes and costs, as it would be trained. */
    graph(request: ModelGraphRequest, options: CallOptions = {}): Promise<JobGraph> {
      return body(http.POST('/v1/models/graph', { body: request, ...options }));
    },

    /** Values and gradients for a few numbers. */
    explain(request: ExplainModelRequest, options: CallOptions = {}): Promise<Explanation> {
      return body(http.POST('/v1/models/explain', { body: request, ...options }));
    },
  };
}
