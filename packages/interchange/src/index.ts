export { type LoweredModel, type LowerOptions, lowerModel } from './onnx/lower-model.ts';
export { importedOperators, importerOf } from './onnx/operators/index.ts';
export { controlFlowOperators } from './onnx/unsupported.ts';
