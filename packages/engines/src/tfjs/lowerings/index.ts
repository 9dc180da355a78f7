import type { OperationName } from '@descent/autodiff';
import type { Lowering } from '../lowering.ts';
import { conv, convInputGrad, convWeightGrad } from './convolution.ts';
import { softmaxCrossEntropyLoss, softmaxCrossEntropyLossGrad } from './cross-entropy.ts';
import { binary, cast, clip, not, reluGrad, test, unary, where } from './element-wise.ts';
import { gather, gatherGrad } from './indexing.ts';
import { gemm, matMul } from './matrix.ts';
import { averagePool, averagePoolGrad, globalAveragePool, maxPool, maxPoolGrad } from './pooling.ts';
import { argBest, reduceMaxGrad, reduceSum, reduction } from './reductions.ts';
import { ofFloats } from './reference.ts';
import { concat, expand, pad, relabel, shape, size, slice, transpose } from './shapes.ts';
import { alongAxis } from './softmax.ts';

/**
 * The operations that TensorFlow.js computes with kernels of its own. Any other is expanded into its function body,
 * or, where it has none, computed by its reference evaluation.
 */
export const lowerings: Readonly<Partial<Record<OperationName, Lowering>>> = {
  Abs: unary((tf, x) => tf.abs(x)),
  Add: binary((tf, a, b) => tf.add(a, b)),
  And: test((tf, a, b) => tf.logicalAnd(a, b)),
  ArgMax: argBest((tf, x, axis) => tf.argMax(x, axis)),
  AveragePool: averagePool,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  Div: binary((tf, a, b) => tf.div(a, b)),
  Equal: test((tf, a, b) => tf.equal(a, b)),
  Exp: unary((tf, x) => tf.exp(x)),
  Expand: expand,
  Flatten: relabel,
  Gather: gather,
  Gemm: ofFloats(gemm),
  GlobalAveragePool: globalAveragePool,
  Greater: test((tf, a, b) => tf.greater(a, b)),
  Identity: relabel,
  Less: test((tf, a, b) => tf.less(a, b)),
  Log: unary((tf, x) => tf.log(x)),
  LogSoftmax: alongAxis((tf, x) => tf.logSoftmax(x)),
  MatMul: ofFloats(matMul),
  Max: binary((tf, a, b) => tf.maximum(a, b)),
  MaxPool: maxPool,
  Min: binary((tf, a, b) => tf.minimum(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Neg: unary((tf, x) => tf.neg(x)),
  Not: not,
  Or: test((tf, a, b) => tf.logicalOr(a, b)),
  Pad: pad,
  Pow: binary((tf, a, b) => tf.pow(a, b)),
  ReduceMax: reduction((tf, x, axes) => tf.max(x, axes)),
  ReduceMean: reduction((tf, x, axes) => tf.mean(x, axes)),
  ReduceSum: reduceSum,
  Relu: unary((tf, x) => tf.relu(x)),
  Reshape: relabel,
  Shape: shape,
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Size: size,
  Slice: slice,
  Softmax: alongAxis((tf, x) => tf.softmax(x)),
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  Softplus: unary((tf, x) => tf.softplus(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Squeeze: relabel,
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Transpose: transpose,
  Unsqueeze: relabel,
  Where: where,

  AveragePoolGrad: averagePoolGrad,
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  GatherGrad: gatherGrad,
  MaxPoolGrad: maxPoolGrad,
  ReduceMaxGrad: reduceMaxGrad,
  ReluGrad: reluGrad,
  SoftmaxCrossEntropyLossGrad: softmaxCrossEntropyLossGrad,
};
