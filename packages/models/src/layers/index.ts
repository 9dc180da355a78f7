import { activation } from './activation.ts';
import { add } from './add.ts';
import { average } from './average.ts';
import { batchNormalization } from './batch-normalization.ts';
import { concat } from './concat.ts';
import { conv1dTranspose, conv2dTranspose, conv3dTranspose } from './conv-transpose.ts';
import { conv1d } from './conv1d.ts';
import { conv2d } from './conv2d.ts';
import { conv3d } from './conv3d.ts';
import { cropping1d, cropping2d, cropping3d } from './cropping.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dot } from './dot.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { embedding } from './embedding.ts';
import { flatten } from './flatten.ts';
import {
  globalAveragePool1d,
  globalAveragePool2d,
  globalAveragePool3d,
  globalMaxPool1d,
  globalMaxPool2d,
  globalMaxPool3d,
} from './global-pool.ts';
import { groupNormalization } from './group-normalization.ts';
import { gru } from './gru.ts';
import { identityBlock } from './identity-block.ts';
import type { LayerTable } from './layer.ts';
import { layerNormalization } from './layer-normalization.ts';
import { leakyRelu } from './leaky-relu.ts';
import { lstm } from './lstm.ts';
import { maximum } from './maximum.ts';
import { minimum } from './minimum.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { multiply } from './multiply.ts';
import { normalization } from './normalization.ts';
import { permute } from './permute.ts';
import { averagePool1d, averagePool2d, averagePool3d, maxPool1d, maxPool2d, maxPool3d } from './pooling.ts';
import { positionalEmbedding } from './positional-embedding.ts';
import { prelu } from './prelu.ts';
import { relu } from './relu.ts';
import { repeatVector } from './repeat-vector.ts';
import { rescaling } from './rescaling.ts';
import { reshape } from './reshape.ts';
import { residual } from './residual.ts';
import { rmsNormalization } from './rms-normalization.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { simpleRnn } from './simple-rnn.ts';
import { softmax } from './softmax.ts';
import { spatialDropout } from './spatial-dropout.ts';
import { subtract } from './subtract.ts';
import { transformerBlock } from './transformer-block.ts';
import { unitNormalization } from './unit-normalization.ts';
import { upSampling1d, upSampling2d, upSampling3d } from './up-sampling.ts';
import { zeroPadding1d, zeroPadding2d, zeroPadding3d } from './zero-padding.ts';

/** Every layer type that a spec may name. */
export const layers: LayerTable = {
  dense,
  activation,
  softmax,
  relu,
  leakyRelu,
  elu,
  prelu,
  dropout,
  spatialDropout,
  rescaling,
  normalization,
  conv1d,
  conv2d,
  conv3d,
  depthwiseConv2d,
  separableConv2d,
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  averagePool1d,
  averagePool2d,
  averagePool3d,
  globalMaxPool1d,
  globalMaxPool2d,
  globalMaxPool3d,
  globalAveragePool1d,
  globalAveragePool2d,
  globalAveragePool3d,
  flatten,
  reshape,
  permute,
  repeatVector,
  upSampling1d,
  upSampling2d,
  upSampling3d,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
  cropping1d,
  cropping2d,
  cropping3d,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  concat,
  dot,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  rmsNormalization,
  unitNormalization,
  embedding,
  positionalEmbedding,
  simpleRnn,
  gru,
  lstm,
  multiHeadAttention,
  transformerBlock,
  residual,
  repeat: identityBlock,
  call: identityBlock,
};
