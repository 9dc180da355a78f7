import type {
  ExplainModelRequest,
  Explanation,
  JobGraph,
  LossType,
  ModelGraphRequest,
  StoredModel,
  StoredModelSummary,
} from '@descent/contracts';
import { errorFromFetch, readFailure } from './failure.ts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export interface ImportOptions extends CallOptions {
  readonly name?: string;
  /** The output to train on, where the file has several. */
  readonly output?: string;
  /** Whether batch normalisation trains (default) or keeps the moments of the file. */
  readonly batchNormalization?: 'train' | 'frozen';
  /** Keras: the loss it will be trained with; one that takes logits takes the place of a softmax or sigmoid at the end. */
  readonly loss?: LossType;
}

export type ModelsApi = ReturnType<typeof createModelsApi>;

/** Imported models, and models that no job trains: what they are made of, and what flows through them. */
export function createModelsApi({ http, body, stream }: Transport) {
  return {
    /** Sends a model file (ONNX, the JSON of a Keras model, or a zip of a TensorFlow.js model) and resolves with the spec that it became. */
    async import(
      content: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
      { name, output, batchNormalization, loss, signal }: ImportOptions = {},
    ): Promise<StoredModel> {
      const { url, headers, fetch } = stream('/v1/models', {}, { name, output, batchNormalization, loss });
      const init: RequestInit & { duplex: 'half' } = {
        method: 'POST',
        body: content,
        headers: { ...headers, 'Content-Type': 'application/octet-stream' },
        duplex: 'half',
        ...(signal && { signal }),
      };
      const response = await fetch(new Request(url, init)).catch((error: unknown) => {
        throw errorFromFetch(error, url);
      });
      if (!response.ok) throw await readFailure(response);
      return (await response.json()) as StoredModel;
    },

    /** Newest first. */
    async list(options: CallOptions = {}): Promise<StoredModelSummary[]> {
      const answer = await body(http.GET('/v1/models', { ...options }));
      return answer.models;
    },

    get(id: string, options: CallOptions = {}): Promise<StoredModel> {
      return body(http.GET('/v1/models/{id}', { params: { path: { id } }, ...options }));
    },

    async delete(id: string, options: CallOptions = {}): Promise<void> {
      await body(http.DELETE('/v1/models/{id}', { params: { path: { id } }, ...options }));
    },

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
