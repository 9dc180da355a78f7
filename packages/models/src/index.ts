export { auditDraw } from './audit-draw.ts';
export { averageStates } from './average-states.ts';
export { chooseMicroBatches } from './choose-micro-batches.ts';
export { type CompiledModel, type CompileOptions, compileModel, type ModelInput } from './compile-model.ts';
export type { RandomInput } from './draft.ts';
export { dropoutMask, type MaskKey } from './dropout-mask.ts';
export { evaluationGraph, inferenceGraph, trainingGraph } from './graphs.ts';
export { initializeParameters } from './initialize-parameters.ts';
export { defaultLimits, type ModelLimits } from './limits.ts';
export type { LayerOutline } from './lowering.ts';
export { type CompiledMetric, scoresOf, sumCount, tablesOf } from './metrics/scores.ts';
export {
  gradientOutput,
  isState,
  type ParameterEntry,
  type ParameterLayout,
  viewOf,
} from './parameter-layout.ts';
export { layerSummaries, type PriceQuestion, parameterCount, price } from './price.ts';
export { roundingKey } from './rounding-key.ts';
