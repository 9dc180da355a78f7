export { clipFactor } from './clip.ts';
export type { Decoded } from './codec.ts';
export {
  type FlatBuffer,
  type FlatBuffers,
  FlatMemory,
  flatMemoryBytes,
  maximumMemoryBytes,
} from './flat-memory.ts';
export { createOptimizer, type Optimizer, type Update, type UpdateNorms } from './optimizer.ts';
export type { Range } from './range.ts';
export { addInto, allFinite, squaredNorm, subtractInto } from './reduce.ts';
export { learningRateAt } from './schedule.ts';
export { tilesOf } from './tiles.ts';
export { type FlatShape, gradientFormat, parameterFormat, type WireFormat } from './wire-format.ts';
