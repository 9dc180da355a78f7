import { type Static, type TProperties, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { PartName } from './layers/fields.ts';

export * from './score-names.ts';

export const metricNames = [
  'accuracy',
  'topK',
  'precision',
  'recall',
  'f1',
  'auc',
  'confusionMatrix',
  'perplexity',
  'meanAbsoluteError',
  'meanSquaredError',
  'rootMeanSquaredError',
  'r2',
  'cosineSimilarity',
] as const;
export const MetricName = OneOf(metricNames);
export type MetricName = Static<typeof MetricName>;

function metric<Name extends MetricName, Settings extends TProperties>(type: Name, settings: Settings) {
  return Closed({
    type: Type.Literal(type),
    ...settings,
    loss: Type.Optional(
      Type.String({
        description: 'Name of the loss whose prediction and labels it judges; default the first',
      }),
    ),
    name: Type.Optional({
      ...PartName,
      description: 'Of its curve; default its type, behind that of its loss',
    }),
  });
}

const threshold = Type.Optional(
  Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    description: 'Probability from which on a prediction is positive; for binary losses; default 0.5',
  }),
);

/** A metric with settings. Its name alone stands for the defaults. */
export const metricSchemas = {
  accuracy: metric('accuracy', { threshold }),
  topK: metric('topK', {
    k: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'How many guesses; default 5' }),
    ),
  }),
  precision: metric('precision', { threshold }),
  recall: metric('recall', { threshold }),
  f1: metric('f1', { threshold }),
  auc: metric('auc', {
    bins: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 10_000, description: 'Of equal width in [0, 1]; default 200' }),
    ),
  }),
  confusionMatrix: metric('confusionMatrix', { threshold }),
  perplexity: metric('perplexity', {}),
  meanAbsoluteError: metric('meanAbsoluteError', {}),
  meanSquaredError: metric('meanSquaredError', {}),
  rootMeanSquaredError: metric('rootMeanSquaredError', {}),
  r2: metric('r2', {}),
  cosineSimilarity: metric('cosineSimilarity', {}),
} as const;
export type MetricOf<Name extends MetricName> = Static<(typeof metricSchemas)[Name]>;
export type MetricSettings = { [Name in MetricName]: MetricOf<Name> }[MetricName];
export type MetricSpec = MetricName | MetricSettings;
export const MetricSpec = Type.Unsafe<MetricSpec>(
  Type.Union([MetricName, Type.Union(Object.values(metricSchemas), { title: 'metric' })]),
);

/** What a metric gives that is no number. */
export const ScoreTable = Closed({
  rows: Type.Array(Type.String(), { description: 'Of a confusion matrix: the labels' }),
  columns: Type.Array(Type.String(), { description: 'Of a confusion matrix: the guesses' }),
  values: Type.Array(Type.Array(Type.Number()), { description: 'One array per row' }),
});
export type ScoreTable = Static<typeof ScoreTable>;
