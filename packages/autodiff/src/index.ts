export {
  type BatchDim,
  bind,
  bindDim,
  broadcastShapes,
  type Count,
  countOf,
  type Dim,
  elementCountOf,
  isDim,
  multiplyDims,
  renderShape,
  type Shape,
  sameDim,
  sameShape,
} from './dim.ts';
export type { Attributes, AttributeValue, Graph, Node, ValueName, ValueType } from './graph.ts';
export { createGraphBuilder, type GraphBuilder } from './graph-builder.ts';
export type {
  ConcreteType,
  Cost,
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
