import type { Operation } from '../operation.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { and } from './and.ts';
import { cast } from './cast.ts';
import { div } from './div.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gemm } from './gemm.ts';
import { greater } from './greater.ts';
import { identity } from './identity.ts';
import { less } from './less.ts';
import { log } from './log.ts';
import { matMul } from './mat-mul.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { not } from './not.ts';
import { or } from './or.ts';
import { pow } from './pow.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reluGrad } from './relu-grad.ts';
import { reshape } from './reshape.ts';
import { shape } from './shape.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { size } from './size.ts';
import { softplus } from './softplus.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { unsqueeze } from './unsqueeze.ts';
import { where } from './where.ts';

/** Operations with the name and meaning of an ONNX operator, opset 17: what a model may use. */
export const onnxOperations = {
  Abs: abs,
  Add: add,
  And: and,
  Cast: cast,
  Div: div,
  Equal: equal,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gemm: gemm,
  Greater: greater,
  Identity: identity,
  Less: less,
  Log: log,
  MatMul: matMul,
  Max: max,
  Min: min,
  Mul: mul,
  Neg: neg,
  Not: not,
  Or: or,
  Pow: pow,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Relu: relu,
  Reshape: reshape,
  Shape: shape,
  Sigmoid: sigmoid,
  Sign: sign,
  Size: size,
  Softplus: softplus,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Tanh: tanh,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Where: where,
} as const;

/**
 * Gradients that no ONNX operator computes: one node per forward node, which an engine lowers as it measures best.
 * They appear in differentiated graphs only.
 */
export const backwardOperations = {
  ReluGrad: reluGrad,
} as const;

export const operations = { ...onnxOperations, ...backwardOperations } as const;

export type OnnxOperationName = keyof typeof onnxOperations;
export type BackwardOperationName = keyof typeof backwardOperations;
export type OperationName = keyof typeof operations;

/** The operation of that name, whatever its own type. */
export function operationOf(op: OperationName): Operation {
  return operations[op];
}
