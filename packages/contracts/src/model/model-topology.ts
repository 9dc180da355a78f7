import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';
import { ModelSpec } from './model-spec.ts';

const { inputs, layers, functions, parameters, states, constants, nodes } = ModelSpec.properties;

/** A model without what it is trained for: what a file of another framework holds. Loss and metrics make a spec of it. */
export const ModelTopology = Closed({
  inputs,
  layers,
  functions,
  parameters,
  states,
  constants,
  nodes,
  prediction: Type.String({ description: 'Name of the layer or node that the loss reads' }),
});
export type ModelTopology = Static<typeof ModelTopology>;
