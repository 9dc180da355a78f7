import type { Operation } from '../operation.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { and } from './and.ts';
import { argMax } from './arg-max.ts';
import { averagePool } from './average-pool.ts';
import { averagePoolGrad } from './average-pool-grad.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { convInputGrad } from './conv-input-grad.ts';
import { convWeightGrad } from './conv-weight-grad.ts';
import { div } from './div.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gatherGrad } from './gather-grad.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { greater } from './greater.ts';
import { identity } from './identity.ts';
import { less } from './less.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { matMul } from './mat-mul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { not } from './not.ts';
import { or } from './or.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMaxGrad } from './reduce-max-grad.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reluGrad } from './relu-grad.ts';
import { reshape } from './reshape.ts';
import { shape } from './shape.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { size } from './size.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softmaxCrossEntropyLoss } from './softmax-cross-entropy-loss.ts';
import { softmaxCrossEntropyLossGrad } from './softmax-cross-entropy-loss-grad.ts';
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
  ArgMax: argMax,
  AveragePool: averagePool,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  Div: div,
  Equal: equal,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Greater: greater,
  Identity: identity,
  Less: less,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: max,
  MaxPool: maxPool,
  Min: min,
  Mul: mul,
  Neg: neg,
  Not: not,
  Or: or,
  Pad: pad,
  Pow: pow,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Relu: relu,
  Reshape: reshape,
  Shape: shape,
  Sigmoid: sigmoid,
  Sign: sign,
  Size: size,
  Slice: slice,
  Softmax: softmax,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
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
  AveragePoolGrad: averagePoolGrad,
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  GatherGrad: gatherGrad,
  MaxPoolGrad: maxPoolGrad,
  ReduceMaxGrad: reduceMaxGrad,
  ReluGrad: reluGrad,
  SoftmaxCrossEntropyLossGrad: softmaxCrossEntropyLossGrad,
} as const;

export const operations = { ...onnxOperations, ...backwardOperations } as const;

export type OnnxOperationName = keyof typeof onnxOperations;
export type BackwardOperationName = keyof typeof backwardOperations;
export type OperationName = keyof typeof operations;

/** The operation of that name, whatever its own type. */
export function operationOf(op: OperationName): Operation {
  return operations[op];
}
