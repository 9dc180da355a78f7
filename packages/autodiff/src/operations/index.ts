import type { Operation } from '../operation.ts';
import { abs } from './abs.ts';
import { acos } from './acos.ts';
import { acosh } from './acosh.ts';
import { add } from './add.ts';
import { after } from './after.ts';
import { and } from './and.ts';
import { argMax } from './arg-max.ts';
import { argMin } from './arg-min.ts';
import { asin } from './asin.ts';
import { asinh } from './asinh.ts';
import { atan } from './atan.ts';
import { atanh } from './atanh.ts';
import { attention } from './attention.ts';
import { averagePool } from './average-pool.ts';
import { averagePoolGrad } from './average-pool-grad.ts';
import { batchNormalization } from './batch-normalization.ts';
import { batchNormalizationGrad } from './batch-normalization-grad.ts';
import { bitShift } from './bit-shift.ts';
import { cast } from './cast.ts';
import { ceil } from './ceil.ts';
import { celu } from './celu.ts';
import { clip } from './clip.ts';
import { compress } from './compress.ts';
import { concat } from './concat.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { conv } from './conv.ts';
import { convInputGrad } from './conv-input-grad.ts';
import { convTranspose } from './conv-transpose.ts';
import { convWeightGrad } from './conv-weight-grad.ts';
import { cos } from './cos.ts';
import { cosh } from './cosh.ts';
import { cumSum } from './cum-sum.ts';
import { depthToSpace } from './depth-to-space.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { einsum } from './einsum.ts';
import { elu } from './elu.ts';
import { equal } from './equal.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { eyeLike } from './eye-like.ts';
import { flatten } from './flatten.ts';
import { floor } from './floor.ts';
import { gather } from './gather.ts';
import { gatherElements } from './gather-elements.ts';
import { gatherGrad } from './gather-grad.ts';
import { gatherND } from './gather-nd.ts';
import { gelu } from './gelu.ts';
import { geluGrad } from './gelu-grad.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { globalLpPool } from './global-lp-pool.ts';
import { globalMaxPool } from './global-max-pool.ts';
import { greater } from './greater.ts';
import { greaterOrEqual } from './greater-or-equal.ts';
import { groupNormalization } from './group-normalization.ts';
import { gru } from './gru.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { hardmax } from './hardmax.ts';
import { identity } from './identity.ts';
import { instanceNormalization } from './instance-normalization.ts';
import { isInf } from './is-inf.ts';
import { isNan } from './is-nan.ts';
import { layerNormalization } from './layer-normalization.ts';
import { layerNormalizationGrad } from './layer-normalization-grad.ts';
import { leakyRelu } from './leaky-relu.ts';
import { leakyReluGrad } from './leaky-relu-grad.ts';
import { less } from './less.ts';
import { lessOrEqual } from './less-or-equal.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { lpNormalization } from './lp-normalization.ts';
import { lpPool } from './lp-pool.ts';
import { lrn } from './lrn.ts';
import { lstm } from './lstm.ts';
import { matMul } from './mat-mul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { mean } from './mean.ts';
import { meanVarianceNormalization } from './mean-variance-normalization.ts';
import { min } from './min.ts';
import { mish } from './mish.ts';
import { mod } from './mod.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { negativeLogLikelihoodLoss } from './negative-log-likelihood-loss.ts';
import { nonZero } from './non-zero.ts';
import { not } from './not.ts';
import { oneHot } from './one-hot.ts';
import { or } from './or.ts';
import { pRelu } from './p-relu.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { range } from './range.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceL1 } from './reduce-l1.ts';
import { reduceL2 } from './reduce-l2.ts';
import { reduceLogSum } from './reduce-log-sum.ts';
import { reduceLogSumExp } from './reduce-log-sum-exp.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMaxGrad } from './reduce-max-grad.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceMin } from './reduce-min.ts';
import { reduceProd } from './reduce-prod.ts';
import { reduceSum } from './reduce-sum.ts';
import { reduceSumSquare } from './reduce-sum-square.ts';
import { relu } from './relu.ts';
import { reluGrad } from './relu-grad.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { reverseSequence } from './reverse-sequence.ts';
import { rmsNormalization } from './rms-normalization.ts';
import { rnn } from './rnn.ts';
import { round } from './round.ts';
import { scatterElements } from './scatter-elements.ts';
import { scatterND } from './scatter-nd.ts';
import { selu } from './selu.ts';
import { shape } from './shape.ts';
import { shrink } from './shrink.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { sin } from './sin.ts';
import { sinh } from './sinh.ts';
import { size } from './size.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softmaxCrossEntropyLoss } from './softmax-cross-entropy-loss.ts';
import { softmaxCrossEntropyLossGrad } from './softmax-cross-entropy-loss-grad.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { spaceToDepth } from './space-to-depth.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { tan } from './tan.ts';
import { tanh } from './tanh.ts';
import { thresholdedRelu } from './thresholded-relu.ts';
import { tile } from './tile.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { trilu } from './trilu.ts';
import { unique } from './unique.ts';
import { unsqueeze } from './unsqueeze.ts';
import { upsample } from './upsample.ts';
import { where } from './where.ts';
import { xor } from './xor.ts';

/** Operations with the name and meaning of an ONNX operator, opset 17: what a model may use. */
export const onnxOperations = {
  Abs: abs,
  Acos: acos,
  Acosh: acosh,
  Add: add,
  And: and,
  ArgMax: argMax,
  ArgMin: argMin,
  Asin: asin,
  Asinh: asinh,
  Atan: atan,
  Atanh: atanh,
  Attention: attention,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  BitShift: bitShift,
  Cast: cast,
  Ceil: ceil,
  Celu: celu,
  Clip: clip,
  Compress: compress,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: cos,
  Cosh: cosh,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Div: div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: elu,
  Equal: equal,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  EyeLike: eyeLike,
  Flatten: flatten,
  Floor: floor,
  GRU: gru,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalLpPool: globalLpPool,
  GlobalMaxPool: globalMaxPool,
  Greater: greater,
  GreaterOrEqual: greaterOrEqual,
  GroupNormalization: groupNormalization,
  Hardmax: hardmax,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  IsInf: isInf,
  IsNaN: isNan,
  LRN: lrn,
  LSTM: lstm,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Less: less,
  LessOrEqual: lessOrEqual,
  Log: log,
  LogSoftmax: logSoftmax,
  LpNormalization: lpNormalization,
  LpPool: lpPool,
  MatMul: matMul,
  Max: max,
  MaxPool: maxPool,
  Mean: mean,
  MeanVarianceNormalization: meanVarianceNormalization,
  Min: min,
  Mish: mish,
  Mod: mod,
  Mul: mul,
  Neg: neg,
  NegativeLogLikelihoodLoss: negativeLogLikelihoodLoss,
  NonZero: nonZero,
  Not: not,
  OneHot: oneHot,
  Or: or,
  Pad: pad,
  Pow: pow,
  PRelu: pRelu,
  RMSNormalization: rmsNormalization,
  RNN: rnn,
  Range: range,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceProd: reduceProd,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  ReverseSequence: reverseSequence,
  Round: round,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Selu: selu,
  Shape: shape,
  Shrink: shrink,
  Sigmoid: sigmoid,
  Sign: sign,
  Sin: sin,
  Sinh: sinh,
  Size: size,
  Slice: slice,
  Softmax: softmax,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Sum: sum,
  Tan: tan,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unique: unique,
  Unsqueeze: unsqueeze,
  Upsample: upsample,
  Where: where,
  Xor: xor,
} as const;

/**
 * Gradients that no ONNX operator computes: one node per forward node, which an engine lowers as it measures best.
 * They appear in differentiated graphs only. `After` orders what `recompute` adds.
 */
export const backwardOperations = {
  After: after,
  AveragePoolGrad: averagePoolGrad,
  BatchNormalizationGrad: batchNormalizationGrad,
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  GatherGrad: gatherGrad,
  GeluGrad: geluGrad,
  LayerNormalizationGrad: layerNormalizationGrad,
  LeakyReluGrad: leakyReluGrad,
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
