import type { OperationName } from '@descent/autodiff';
import type { Lowering } from '../lowering.ts';
import { convInputGrad, convWeightGrad } from './convolution.ts';
import { softmaxCrossEntropyLoss, softmaxCrossEntropyLossGrad } from './cross-entropy.ts';
import { gatherGrad } from './gather.ts';
import { plain } from './plain.ts';
import { averagePoolGrad, maxPool, maxPoolGrad } from './pooling.ts';
import { reduceMaxGrad, reduceSum } from './reductions.ts';
import { reluGrad } from './relu.ts';
import { cast, expand, identity, relabel, shape, size } from './shapes.ts';

/**
 * How each operation of the graph is written in ONNX, or that its function body is. Total: an operation without a
 * lowering does not compile.
 */
export const lowerings: Readonly<Record<OperationName, Lowering | 'decompose'>> = {
  Abs: plain,
  Add: plain,
  And: plain,
  ArgMax: plain,
  AveragePool: plain,
  Cast: cast,
  Clip: plain,
  Concat: plain,
  Conv: plain,
  Div: plain,
  Equal: plain,
  Exp: plain,
  Expand: expand,
  Flatten: relabel,
  Gather: plain,
  Gemm: plain,
  GlobalAveragePool: plain,
  Greater: plain,
  Identity: identity,
  Less: plain,
  Log: plain,
  LogSoftmax: plain,
  MatMul: plain,
  Max: plain,
  MaxPool: maxPool,
  Min: plain,
  Mul: plain,
  Neg: plain,
  Not: plain,
  Or: plain,
  Pad: plain,
  Pow: plain,
  ReduceMax: plain,
  ReduceMean: plain,
  ReduceSum: reduceSum,
  Relu: plain,
  Reshape: relabel,
  Shape: shape,
  Sigmoid: plain,
  Sign: plain,
  Size: size,
  Slice: plain,
  Softmax: plain,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  Softplus: plain,
  Sqrt: plain,
  Squeeze: relabel,
  Sub: plain,
  Tanh: plain,
  Transpose: plain,
  Unsqueeze: relabel,
  Where: plain,

  AveragePoolGrad: averagePoolGrad,
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  GatherGrad: gatherGrad,
  MaxPoolGrad: maxPoolGrad,
  ReduceMaxGrad: reduceMaxGrad,
  ReluGrad: reluGrad,
  SoftmaxCrossEntropyLossGrad: softmaxCrossEntropyLossGrad,
};
