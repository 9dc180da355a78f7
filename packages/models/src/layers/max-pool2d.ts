import type { SpecOf } from './layer.ts';
import { pool } from './pool.ts';

/** Largest value of each window (ONNX MaxPool). */
export const maxPool2d = pool<SpecOf<'maxPool2d'>>('MaxPool');
