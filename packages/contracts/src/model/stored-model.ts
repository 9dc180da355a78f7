import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { ModelSpec } from './model-spec.ts';
import { ModelTopology } from './model-topology.ts';

export const ModelId = Type.String({ pattern: '^mdl_[0-9A-HJKMNP-TV-Z]{26}$' });

export const modelFormats = ['onnx', 'keras'] as const;
export const ModelFormat = OneOf(modelFormats);
export type ModelFormat = Static<typeof ModelFormat>;

const summary = {
  id: ModelId,
  name: Type.String(),
  format: ModelFormat,
  createdAt: Type.String({ format: 'date-time' }),
  parameters: Type.Integer({ description: 'Elements of the weights that came with it' }),
  weightsHash: Type.Union([
    Type.String({ description: 'SHA-256 of the weights (safetensors)' }),
    Type.Null(),
  ]),
};

/** A model that was imported, as it is listed. */
export const StoredModelSummary = Closed(summary);
export type StoredModelSummary = Static<typeof StoredModelSummary>;

export const StoredModel = Closed({ ...summary, topology: ModelTopology });
export type StoredModel = Static<typeof StoredModel>;

/** In place of a model spec: an imported model, and what to train it for. */
export const ModelReference = Closed({
  from: ModelId,
  loss: ModelSpec.properties.loss,
  metrics: ModelSpec.properties.metrics,
  checkpointing: ModelSpec.properties.checkpointing,
  trainable: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: 100,
      description:
        'Names of the parameters to train, * standing for any text; the others stay. Left out: all',
    }),
  ),
  weights: Type.Optional(
    OneOf(
      ['imported', 'fresh'],
      'What trained parameters start from; default imported. What is not trained is imported in any case',
    ),
  ),
});
export type ModelReference = Static<typeof ModelReference>;
