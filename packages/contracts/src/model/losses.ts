import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { PartName } from './layers/fields.ts';

const share = { minimum: 0, exclusiveMaximum: 1 } as const;
const positive = { exclusiveMinimum: 0, maximum: 1e30 } as const;

const weighted = {
  weight: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1e30, description: 'What it is multiplied by in the sum; default 1' }),
  ),
  name: Type.Optional({
    ...PartName,
    description: 'What metrics and curves call it; default the name of its prediction, else its type',
  }),
};
const labels = Type.String({ description: 'Name of the labels: a column, or one of the inputs' });
const prediction = Type.Optional(
  Type.String({ description: 'What it judges: a layer or node; default the last' }),
);
const sampleWeights = Type.Optional(
  Type.String({
    description:
      'Name of a column (or input) of numbers, one per sample: what the loss of each is multiplied by',
  }),
);
const compared = { labels, prediction, sampleWeights, ...weighted };

const labelKind = Type.Optional(
  OneOf(
    ['index', 'probabilities'],
    'Labels are class numbers (int32), or one number per class (float32): one-hot or soft; default index',
  ),
);
const labelSmoothing = Type.Optional(
  Type.Number({ ...share, description: 'Share of each label that is spread over all classes; default 0' }),
);
const ignoreIndex = (description: string) => Type.Optional(Type.Integer({ description }));
const margin = Type.Optional(Type.Number({ ...positive, description: 'Default 1' }));
const embeddings = (count: number, description: string) =>
  Type.Array(Type.String(), { minItems: count, maxItems: count, description });

/**
 * One schema per loss, in Keras' and PyTorch's words. The loss of a sample is the mean over its elements that count,
 * the loss of a mini-batch the mean over its samples.
 */
export const lossSchemas = {
  /** −log softmax(prediction)[label]; prediction […, classes] are logits. */
  softmaxCrossEntropy: Closed({
    type: Type.Literal('softmaxCrossEntropy'),
    ...compared,
    labelKind,
    labelSmoothing,
    classWeights: Type.Optional(
      Type.Array(Type.Number({ minimum: 0, maximum: 1e30 }), {
        minItems: 2,
        maxItems: 1_000_000,
        description: 'One factor per class, by which the loss of its elements is multiplied',
      }),
    ),
    ignoreIndex: ignoreIndex('Elements with this label do not count'),
  }),
  /** Binary, on logits; labels of the prediction's shape in [0, 1]. */
  sigmoidCrossEntropy: Closed({
    type: Type.Literal('sigmoidCrossEntropy'),
    ...compared,
    labelSmoothing,
    positiveWeight: Type.Optional(
      Type.Number({ ...positive, description: 'Factor of the loss of positive labels; default 1' }),
    ),
    ignoreIndex: ignoreIndex('Elements with this label, usually −1, do not count'),
  }),
  /** Mean over a sample's elements of (prediction − label)². */
  meanSquaredError: Closed({ type: Type.Literal('meanSquaredError'), ...compared }),
  /** Mean over a sample's elements of |prediction − label|. */
  meanAbsoluteError: Closed({ type: Type.Literal('meanAbsoluteError'), ...compared }),
  /** ½d² up to |d| = delta, from there on delta·(|d| − ½·delta). */
  huber: Closed({
    type: Type.Literal('huber'),
    ...compared,
    delta: Type.Optional(Type.Number({ ...positive, description: 'Where it becomes linear; default 1' })),
  }),
  /** log cosh d */
  logCosh: Closed({ type: Type.Literal('logCosh'), ...compared }),
  /** max(0, 1 − y·prediction), y = 1 for labels above 0, else −1. */
  hinge: Closed({ type: Type.Literal('hinge'), ...compared }),
  squaredHinge: Closed({ type: Type.Literal('squaredHinge'), ...compared }),
  /** max(0, 1 + largest score of another class − score of the label). */
  categoricalHinge: Closed({ type: Type.Literal('categoricalHinge'), ...compared, labelKind }),
  /** Σ y·(log y − log softmax(prediction)); labels are probabilities. */
  klDivergence: Closed({ type: Type.Literal('klDivergence'), ...compared }),
  /** −cos of the angle between prediction and label, along the last axis. */
  cosineSimilarity: Closed({ type: Type.Literal('cosineSimilarity'), ...compared }),
  /** eˣ − y·x of the logarithm x of a rate, or rate − y·log rate. */
  poisson: Closed({
    type: Type.Literal('poisson'),
    ...compared,
    logInput: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether the prediction is the logarithm of the rate' }),
    ),
  }),
  /** ½·(y·d² + (1 − y)·max(0, margin − d)²), d the distance of two embeddings. */
  contrastive: Closed({
    type: Type.Literal('contrastive'),
    labels: Type.String({ description: 'Name of the labels: 1 for alike, 0 for different' }),
    embeddings: embeddings(2, 'The two layers or nodes that are compared'),
    sampleWeights,
    margin,
    ...weighted,
  }),
  /** max(0, d(anchor, positive) − d(anchor, negative) + margin). */
  triplet: Closed({
    type: Type.Literal('triplet'),
    embeddings: embeddings(3, 'Layers or nodes: the anchor, one of its kind, one of another'),
    margin,
    distance: Type.Optional(OneOf(['euclidean', 'squared'], 'Default euclidean')),
    ...weighted,
  }),
  /** −log of the probability of all alignments of the labels with the steps of the prediction (Graves et al. 2006). */
  ctc: Closed({
    type: Type.Literal('ctc'),
    ...compared,
    labelLength: Type.Integer({
      minimum: 1,
      maximum: 4096,
      description: 'Labels per sample, padding included',
    }),
    blank: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The class that stands for no label; default 0' }),
    ),
    ignoreIndex: ignoreIndex('What the end of shorter labels is padded with; default −1'),
  }),
  /** The value of a layer or node is the loss. */
  custom: Closed({
    type: Type.Literal('custom'),
    value: Type.String({ description: 'Layer or node whose value is the loss, per sample or per element' }),
    prediction: Type.Optional(
      Type.String({ description: 'What a trained model answers with; default the value itself' }),
    ),
    ...weighted,
  }),
} as const;
export type LossType = keyof typeof lossSchemas;
export const lossTypes = Object.keys(lossSchemas) as readonly LossType[];
export type LossOf<T extends LossType> = Static<(typeof lossSchemas)[T]>;
export type LossSpec = { [T in LossType]: LossOf<T> }[LossType];
export const LossSpec = Type.Unsafe<LossSpec>(Type.Union(Object.values(lossSchemas), { title: 'loss' }));

/** What is minimised: one loss, or the weighted sum of several. */
export const Objective = Type.Unsafe<LossSpec | LossSpec[]>(
  Type.Union([LossSpec, Type.Array(LossSpec, { minItems: 1, maxItems: 64 })]),
);
export type Objective = Static<typeof Objective>;
