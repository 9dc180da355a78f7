import type { Static } from 'typebox';
import { OneOf } from '../closed.ts';

export const initializerNames = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'zeros',
  'ones',
  'normal',
  'uniform',
] as const;
export const Initializer = OneOf(initializerNames);
export type Initializer = Static<typeof Initializer>;
