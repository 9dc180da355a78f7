import type { SpecOf } from './layer.ts';
import { pool } from './pool.ts';

/** Largest value of each window (ONNX MaxPool); padding never is one. */
export const maxPool1d = pool<SpecOf<'maxPool1d'>>('MaxPool', 1);
export const maxPool2d = pool<SpecOf<'maxPool2d'>>('MaxPool', 2);
export const maxPool3d = pool<SpecOf<'maxPool3d'>>('MaxPool', 3);

/** Mean of each window (ONNX AveragePool); padding does not count, as in Keras. */
export const averagePool1d = pool<SpecOf<'averagePool1d'>>('AveragePool', 1);
export const averagePool2d = pool<SpecOf<'averagePool2d'>>('AveragePool', 2);
export const averagePool3d = pool<SpecOf<'averagePool3d'>>('AveragePool', 3);
