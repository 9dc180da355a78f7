export { type ExportedFile, exportModel } from './export/export-model.ts';
export { readTrainedModel, type TrainedModel } from './export/trained-model.ts';
export { type ImportKerasOptions, importKeras } from './keras/import-keras.ts';
export { importKerasFile, isKerasFile } from './keras/import-keras-file.ts';
export { defaultImportLimits, type ImportLimits } from './onnx/import-limits.ts';
export { type ImportedModel, type ImportOnnxOptions, importOnnx } from './onnx/import-onnx.ts';
export { type LoweredModel, type LowerOptions, lowerModel } from './onnx/lower-model.ts';
export { importedOperators, importerOf } from './onnx/operators/index.ts';
export { controlFlowOperators } from './onnx/unsupported.ts';
