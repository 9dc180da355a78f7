import type { SpecOf } from './layer.ts';
import { pool } from './pool.ts';

/** Mean of each window (ONNX AveragePool); padding does not count, as in Keras. */
export const averagePool2d = pool<SpecOf<'averagePool2d'>>('AveragePool');
