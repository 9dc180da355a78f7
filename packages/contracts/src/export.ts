import type { Static } from 'typebox';
import { OneOf } from './closed.ts';

/** Files that a trained model can leave as. */
export const exportFormats = ['onnx', 'pytorch', 'safetensors', 'tfjs'] as const;
export const ExportFormat = OneOf(
  exportFormats,
  'onnx: inference graph with weights; pytorch: model.py, which reads the safetensors file; safetensors: the weights; tfjs: a zip of a TensorFlow.js layers model',
);
export type ExportFormat = Static<typeof ExportFormat>;
