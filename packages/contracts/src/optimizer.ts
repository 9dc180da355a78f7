import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

const LearningRate = Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'Step size η' });
const Beta = Type.Number({ minimum: 0, exclusiveMaximum: 1 });

/** Sutskever et al. 2013 form, as in PyTorch: v ← μv + g; θ ← θ − ηv (Nesterov: θ ← θ − η(g + μv)). */
export const SgdSettings = Closed({
  type: Type.Literal('sgd'),
  learningRate: LearningRate,
  momentum: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1, default: 0 })),
  nesterov: Type.Optional(Type.Boolean({ default: false })),
  weightDecay: Type.Optional(
    Type.Number({ minimum: 0, default: 0, description: 'L2 penalty added to the gradient' }),
  ),
});

/** Kingma & Ba 2015, with bias correction; weight decay is added to the gradient. */
export const AdamSettings = Closed({
  type: Type.Literal('adam'),
  learningRate: LearningRate,
  beta1: Type.Optional({ ...Beta, default: 0.9 }),
  beta2: Type.Optional({ ...Beta, default: 0.999 }),
  epsilon: Type.Optional(Type.Number({ minimum: 1e-37, default: 1e-8 })),
  weightDecay: Type.Optional(Type.Number({ minimum: 0, default: 0 })),
});

/** Loshchilov & Hutter 2019: as adam, with weight decay decoupled from the gradient. */
export const AdamwSettings = Closed({
  type: Type.Literal('adamw'),
  learningRate: LearningRate,
  beta1: Type.Optional({ ...Beta, default: 0.9 }),
  beta2: Type.Optional({ ...Beta, default: 0.999 }),
  epsilon: Type.Optional(Type.Number({ minimum: 1e-37, default: 1e-8 })),
  weightDecay: Type.Optional(Type.Number({ minimum: 0, default: 0.01 })),
});

export const OptimizerSettings = Type.Union([SgdSettings, AdamSettings, AdamwSettings], {
  title: 'optimizer',
});
export type OptimizerSettings = Static<typeof OptimizerSettings>;

/** Factor on the learning rate as a function of the step (counted from 0). */
export const ScheduleSettings = Type.Union(
  [
    Closed({ type: Type.Literal('constant'), warmupSteps: Type.Optional(Type.Integer({ minimum: 0 })) }),
    Closed({
      type: Type.Literal('step'),
      everySteps: Type.Integer({ minimum: 1 }),
      factor: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      warmupSteps: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    Closed({
      type: Type.Literal('cosine'),
      finalFactor: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0 })),
      warmupSteps: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Linear warm-up: step s of w has the share (s + 1) / w' }),
      ),
    }),
  ],
  { title: 'schedule' },
);
export type ScheduleSettings = Static<typeof ScheduleSettings>;
