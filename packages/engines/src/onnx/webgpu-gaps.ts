import type { WrittenNode } from './model-writer.ts';

/**
 * What the WebGPU provider of onnxruntime 1.30.0 takes and then fails at, or computes wrongly; such nodes are left to
 * the CPU. The behavioural suite found them (onnx-webgpu.test.ts).
 */
export function isMissingOnWebgpu(node: WrittenNode): boolean {
  const isDilated = node.integers('dilations').some((step) => step !== 1);
  const hasThreeAxes = ['kernel_shape', 'strides', 'dilations'].some(
    (name) => node.integers(name).length > 2,
  );
  switch (node.opType) {
    case 'BatchNormalization':
      return node.integer('training_mode') !== 0;
    case 'Conv':
      return hasThreeAxes && node.integer('group') > 1;
    case 'ConvTranspose':
      return hasThreeAxes || isDilated;
    case 'MaxPool':
      return node.outputs > 1 || isDilated;
    // Overflows where the exponentials do.
    case 'ReduceLogSumExp':
      return true;
    // Add in no fixed order where an index repeats.
    case 'ScatterElements':
    case 'ScatterND':
      return true;
    case 'Slice':
      return node.constant(4).some((step) => step < 0);
    default:
      return false;
  }
}
