export type { ArtifactSink, ArtifactSource, StoredArtifact } from './artifacts.ts';
export { bindInputs, type SourceColumn, sourceColumns } from './bind-inputs.ts';
export type { BuiltinDataset } from './builtin/builtin-dataset.ts';
export { builtinDatasets, ingestBuiltin, missingInstall } from './builtin/index.ts';
export { canonicalJson } from './canonical-json.ts';
export { chooseSamples } from './choose-samples.ts';
export { classesOfInput } from './classes-of-input.ts';
export type { ColumnArray } from './column.ts';
export { type ColumnFeed, createColumnFeed, type FeedTarget } from './column-feed.ts';
export type { CsvEncoding, CsvOptions } from './csv-dialect.ts';
export { detectFormat } from './detect-format.ts';
export { type FittedData, fitData, readsSamples } from './fit-data.ts';
export { createGather, type Gather } from './gather.ts';
export { heldBytes, shardCacheMebibytes } from './held-bytes.ts';
export {
  type IngestFileOptions,
  type IngestFilesOptions,
  type IngestInput,
  ingestFile,
  ingestFiles,
  unnamedColumn,
} from './ingest-file.ts';
export type { BoundColumn, InputBinding, ModelInput } from './input-binding.ts';
export type { ColumnType } from './learned-column.ts';
export { type LoadedColumn, type LoadedSplit, loadSplit } from './load-split.ts';
export { createMemoryArtifacts } from './memory-artifacts.ts';
export { type PermutationStream, permutation } from './permutation.ts';
export { placeOfFile, splitOfWord } from './place-of-file.ts';
export { type PreviewQuestion, previewDataset } from './preview-dataset.ts';
export { sampleOrder } from './sample-order.ts';
export { type SampleSelection, type SelectedSamples, selectSamples } from './sample-selection.ts';
export {
  batchOfStep,
  evaluationSlice,
  localBatches,
  microBatchRange,
  type Range,
  stepsPerEpoch,
} from './step-plan.ts';
export { openTokenizer } from './tokenizers/open-tokenizer.ts';
export type { Tokenizer } from './tokenizers/tokenizer.ts';
export {
  artifactsOf,
  defaultIngestLimits,
  type IngestLimits,
  manifestHash,
  type WrittenDataset,
} from './write-dataset.ts';
