import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

/** When workers see each other's work; update rules in docs/synchronization.md. */
export const Synchronization = Type.Union(
  [
    Type.Literal('sync', {
      description: 'Every micro-batch of a step is computed from the newest parameters',
    }),
    Closed({
      mode: Type.Literal('async'),
      maxStaleness: Type.Integer({
        minimum: 0,
        maximum: 16,
        description: 'Updates that the parameters behind a gradient may lack; 0 is sync',
      }),
    }),
    Closed({
      mode: Type.Literal('local'),
      localSteps: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'Mini-batches that each participant trains on alone before their weights are averaged',
      }),
      outerLearningRate: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 10,
          default: 0.7,
          description: 'Of the averaged change',
        }),
      ),
      outerMomentum: Type.Optional(
        Type.Number({
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0.9,
          description: 'Nesterov momentum of the averaged change',
        }),
      ),
    }),
  ],
  { title: 'synchronization' },
);
export type Synchronization = Static<typeof Synchronization>;

interface Synchronized {
  readonly synchronization?: Synchronization;
}

/** Of a job whose participants train by themselves. */
export function localSettingsOf({
  synchronization = 'sync',
}: Synchronized): LocalSynchronization | undefined {
  return synchronization === 'sync' || synchronization.mode !== 'local' ? undefined : synchronization;
}
type LocalSynchronization = Extract<Synchronization, { mode: 'local' }>;

/** Mini-batches of one step: those that a participant of a local job trains on before its weights are averaged, else 1. */
export function localStepsOf(training: Synchronized): number {
  return localSettingsOf(training)?.localSteps ?? 1;
}

/** Updates that the parameters behind a gradient may lack. */
export function maxStalenessOf({ synchronization = 'sync' }: Synchronized): number {
  return synchronization !== 'sync' && synchronization.mode === 'async' ? synchronization.maxStaleness : 0;
}
