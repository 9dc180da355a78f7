import type { ValueName } from '@descent/autodiff';
import type { PerAxis } from '@descent/contracts';
import type { Feature } from '../feature.ts';
import type { ParameterInitializer } from '../initializers.ts';
import type { LayerContext } from './layer.ts';
import { slide, windowAttributes } from './window.ts';

export interface DepthwiseSpec {
  readonly kernelSize: PerAxis;
  readonly strides?: PerAxis;
  readonly dilationRate?: PerAxis;
  readonly padding?: 'valid' | 'same';
  readonly depthMultiplier?: number;
}

export interface DepthwiseParameters {
  readonly role: string;
  readonly initializer: ParameterInitializer;
  /** Declares the bias, after the kernel. */
  bias(): ValueName | undefined;
}

/** A convolution with as many groups as there are channels, of an image that is channels-first. */
export function depthwise(
  context: LayerContext,
  image: Feature,
  spec: DepthwiseSpec,
  { role, initializer, bias }: DepthwiseParameters,
): Feature {
  const window = slide(context, image, 2, {
    size: spec.kernelSize,
    strides: spec.strides,
    dilation: spec.dilationRate,
    padding: spec.padding,
  });
  const channels = image.shape[2]!;
  const filters = channels * (spec.depthMultiplier ?? 1);
  const kernel = context.parameter(role, [filters, 1, ...window.size], initializer);
  const shift = bias();
  const operands = shift === undefined ? [image.value, kernel] : [image.value, kernel, shift];
  const value = context.graph.add('Conv', operands, { ...windowAttributes(window), group: channels });
  return { ...image, value, shape: [...window.output, filters] };
}
