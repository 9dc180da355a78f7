import { type Static, Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { Recursive } from '../../recursive.ts';
import type { LayerSpec } from '../layers.ts';
import { type Activation, activated, PartName, wiring } from './fields.ts';

/** `layers` applied to an input and added to it. Written out, because a type cannot be derived from itself. */
export type ResidualSpec = {
  type: 'residual';
  name?: string;
  inputs?: string[];
  layers: LayerSpec[];
  shortcut?: LayerSpec[];
  activation?: Activation;
};

/** `layers` applied `times` times, each time with parameters of its own. */
export type RepeatSpec = {
  type: 'repeat';
  name?: string;
  inputs?: string[];
  times: number;
  layers: LayerSpec[];
};

const layers = (description: string) =>
  Type.Unsafe<LayerSpec[]>(
    Type.Array(Recursive('layer', 'A layer, as in `layers` of the model'), { minItems: 1, description }),
  );

/** Layers made of layers. */
export const blockLayerSchemas = {
  residual: Closed({
    type: Type.Literal('residual'),
    ...wiring,
    layers: layers('Applied in order; the first reads the input of the block, also by the name "input"'),
    shortcut: Type.Optional(layers('What the input goes through before the sum; default nothing')),
    activation: activated,
  }),
  repeat: Closed({
    type: Type.Literal('repeat'),
    ...wiring,
    times: Type.Integer({
      minimum: 1,
      maximum: 0x7fffffff,
      description: 'Copies, each with its own parameters',
    }),
    layers: layers('One copy; the first layer reads the copy before, also by the name "input"'),
  }),
} as const;

/** Layers that may be used in several places of a model, with one set of parameters. */
export const FunctionSpec = Closed({
  inputs: Type.Optional(
    Type.Array(PartName, {
      minItems: 1,
      maxItems: 64,
      description: 'What its layers call the inputs of a call, in order; default ["input"]',
    }),
  ),
  layers: layers('The last one is the result'),
});
export type FunctionSpec = Static<typeof FunctionSpec>;
