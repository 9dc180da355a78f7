import type {
  ExplainModelRequest,
  Explanation,
  JobGraph,
  LossType,
  ModelGraphRequest,
  StoredModel,
  StoredModelSummary,
} from '@descent/contracts';
import type { CallOptions } from './jobs.ts';
import { type FileContent, sendFile } from './send-file.ts';
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
export function createModelsApi({ http, body, done, stream }: Transport) {
  return {
    /** Sends a model file (ONNX, the JSON of a Keras model, or a zip of a TensorFlow.js model) and resolves with the spec that it became. */
    import(
      content: FileContent,
      { name, output, batchNormalization, loss, signal }: ImportOptions = {},
    ): Promise<StoredModel> {
      const route = stream('/v1/models', {}, { name, output, batchNormalization, loss });
      return sendFile(route, 'POST', content, signal);
    },

    /** Newest first. */
    async list(options: CallOptions = {}): Promise<StoredModelSummary[]> {
      const answer = await body(http.GET('/v1/models', { ...options }));
      return answer.models;
    },

    get(id: string, options: CallOptions = {}): Promise<StoredModel> {
      return body(http.GET('/v1/models/{id}', { params: { path: { id } }, ...options }));
    },

    delete(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/models/{id}', { params: { path: { id } }, ...options }));
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
