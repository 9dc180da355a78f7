export { caseBatch, type OperationCase } from './cases/operation-case.ts';
export { operationCases } from './cases/operation-cases.ts';
export {
  type CheckGradientOptions,
  checkGradient,
  type GradientCheck,
  type GradientDeviation,
} from './check-gradient.ts';
export { cost, type GraphCost, type NodeCost, peakMemory } from './cost.ts';
export { decompose } from './decompose.ts';
export { differentiate } from './differentiate.ts';
export {
  type BatchDim,
  bind,
  bindDim,
  broadcastShapes,
  type Count,
  countOf,
  type Dim,
  divideCounts,
  elementCountOf,
  isDim,
  multiplyDims,
  renderShape,
  type Shape,
  sameCount,
  sameDim,
  sameShape,
} from './dim.ts';
export { type EvaluateOptions, type Evaluation, evaluate, type Feeds } from './evaluate.ts';
export type { ValueCheck } from './explain/check-value.ts';
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type NodeExplanation,
  type ValueExplanation,
} from './explain/explain.ts';
export { defaultExplainLimits, type ExplainLimits } from './explain/explain-work.ts';
export { graphParts, type NodePart, type NodePlace } from './explain/graph-parts.ts';
export { lectureShape } from './explain/lecture-shape.ts';
export { type LocalDerivative, localDerivative } from './explain/local-derivative.ts';
export type { Saturation } from './explain/saturation.ts';
export type { TensorStatistics, TensorSummary } from './explain/tensor-summary.ts';
export type { Attributes, AttributeValue, Graph, Node, ValueName, ValueType } from './graph.ts';
export { createGraphBuilder, type GraphBuilder } from './graph-builder.ts';
export { graphHash } from './graph-hash.ts';
export { lastUses } from './liveness.ts';
export type {
  ConcreteType,
  Cost,
  DecomposeContext,
  GradientContext,
  GradientRule,
  InputRule,
  Operation,
  ShapeContext,
} from './operation.ts';
export {
  type BackwardOperationName,
  backwardOperations,
  type OnnxOperationName,
  type OperationName,
  onnxOperations,
  operationOf,
  operations,
} from './operations/index.ts';
export { partsOf } from './parts.ts';
export { recompute } from './recompute.ts';
export { type Window, windowOf } from './rules/window.ts';
export { simplify } from './simplify/simplify.ts';
export { sumsOfSamples } from './sums-of-samples.ts';
