import { Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { wiring } from './fields.ts';

/** The place where a function of the model is used. */
export const callLayerSchemas = {
  call: Closed({
    type: Type.Literal('call'),
    ...wiring,
    function: Type.String({
      description: 'One of the `functions` of the model; all calls share its parameters',
    }),
  }),
} as const;
