export type { BatchDim, Dim, Shape } from './dim.ts';
export type { Attributes, AttributeValue, Graph, Node, ValueName, ValueType } from './graph.ts';
export type { GraphBuilder } from './graph-builder.ts';
export type { ConcreteType, Cost, GradientContext, Operation, ShapeContext } from './operation.ts';
export type { OperationName } from './operations/index.ts';
