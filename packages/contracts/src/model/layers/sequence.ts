import { Type } from 'typebox';
import { Closed, OneOf } from '../../closed.ts';
import { Activation, Flag, initialized, regularized, Width, wiring } from './fields.ts';

const recurrent = {
  units: Width('Features of the state'),
  returnSequences: Flag(false, 'The state after every step instead of the last'),
  goBackwards: Flag(false, 'Read from the last step to the first'),
  bidirectional: Flag(false, 'A second set of weights reads from the other end'),
  mergeMode: Type.Optional(
    OneOf(['concat', 'sum', 'multiply', 'average'], 'How both directions become one; default concat'),
  ),
  useBias: Flag(true, 'Whether a bias is added'),
  kernelInitializer: initialized('Default glorotUniform'),
  recurrentInitializer: initialized('Default orthogonal'),
  biasInitializer: initialized('Default zeros'),
  kernelRegularizer: regularized('For the size of the kernel; default none'),
  recurrentRegularizer: regularized('For the size of the recurrent kernel; default none'),
  biasRegularizer: regularized('For the size of the biases; default none'),
  activityRegularizer: regularized('For the size of the result, summed per sample; default none'),
};
const optionalActivation = (usual: string) =>
  Type.Optional({ ...Activation, description: `Default ${usual}` });

/** Layers over sequences [time, features], and those that make them of symbols. */
export const sequenceLayerSchemas = {
  embedding: Closed({
    type: Type.Literal('embedding'),
    ...wiring,
    vocabulary: Width('Number of symbols; inputs are integers from 0 to vocabulary − 1'),
    units: Width('Features per symbol'),
    embeddingsInitializer: initialized('Default uniform'),
    embeddingsRegularizer: regularized('For the size of the embeddings; default none'),
  }),
  positionalEmbedding: Closed({
    type: Type.Literal('positionalEmbedding'),
    ...wiring,
    kind: Type.Optional(OneOf(['learned', 'sinusoidal'], 'Default learned')),
    embeddingsInitializer: initialized('Default uniform; learned only'),
  }),
  simpleRnn: Closed({
    type: Type.Literal('simpleRnn'),
    ...wiring,
    ...recurrent,
    activation: optionalActivation('tanh'),
  }),
  gru: Closed({
    type: Type.Literal('gru'),
    ...wiring,
    ...recurrent,
    activation: optionalActivation('tanh'),
    recurrentActivation: optionalActivation('sigmoid'),
  }),
  lstm: Closed({
    type: Type.Literal('lstm'),
    ...wiring,
    ...recurrent,
    activation: optionalActivation('tanh'),
    recurrentActivation: optionalActivation('sigmoid'),
    unitForgetBias: Flag(true, 'The bias of the forget gate starts at 1'),
  }),
  multiHeadAttention: Closed({
    type: Type.Literal('multiHeadAttention'),
    ...wiring,
    heads: Width('Number of heads'),
    keyUnits: Type.Optional(
      Width('Features of a key and a query per head; default features of the query ÷ heads'),
    ),
    valueUnits: Type.Optional(Width('Features of a value per head; default keyUnits')),
    outputUnits: Type.Optional(Width('Features of the result; default those of the query')),
    causal: Flag(false, 'No position attends to a later one'),
    mask: Type.Optional(
      Type.String({
        description:
          'Name of an input or layer of shape [keys] or [queries, keys]: positions where it is 0 are not attended to',
      }),
    ),
    dropout: Type.Optional(
      Type.Number({ minimum: 0, exclusiveMaximum: 1, description: 'Of the attention weights' }),
    ),
    useBias: Flag(true, 'Whether the four projections have a bias'),
    kernelInitializer: initialized('Default glorotUniform'),
    biasInitializer: initialized('Default zeros'),
  }),
  transformerBlock: Closed({
    type: Type.Literal('transformerBlock'),
    ...wiring,
    heads: Width('Number of heads; divides the features'),
    feedForwardUnits: Type.Optional(Width('Width of the hidden dense layer; default 4 × features')),
    activation: Type.Optional({ ...Activation, description: 'Of the hidden dense layer; default gelu' }),
    normalization: Type.Optional(
      OneOf(['pre', 'post'], 'Before each part (GPT-2) or after each sum (Vaswani et al. 2017); default pre'),
    ),
    causal: Flag(false, 'No position attends to a later one'),
    mask: Type.Optional(Type.String({ description: 'As in multiHeadAttention' })),
    dropout: Type.Optional(
      Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        description: 'Of the attention weights and of both parts',
      }),
    ),
    useBias: Flag(true, 'Whether its dense layers have a bias'),
    epsilon: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'Of both layer normalisations; default 1e-5',
      }),
    ),
    kernelInitializer: initialized('Default glorotUniform'),
  }),
} as const;
