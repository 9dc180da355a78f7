import { mismatch } from './refuse.ts';
import { renderShape, type Shape } from './shape.ts';
import type { AttributeValue, Traced } from './traced.ts';

/** How a window moves over the axes behind batch and channels. */
export interface WindowOptions {
  /** One per axis, or one for all. Default 1; of a pooling the window. */
  readonly strides?: number | readonly number[];
  readonly dilations?: number | readonly number[];
  /** Before each axis, then after each axis; or `'same'`: ⌈size ÷ stride⌉ places, the odd zero at the end. */
  readonly pads?: readonly number[] | 'same';
}

interface Placed {
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly shape: Shape | undefined;
}

export function convolved(x: Traced, kernel: Traced, options: WindowOptions, group: number): Placed {
  const window = kernel.shape?.slice(2).filter((dim) => typeof dim === 'number');
  const filters = kernel.shape?.[0];
  const [channels, perGroup] = [x.shape?.[1], kernel.shape?.[1]];
  if (typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup * group) {
    const problem = `the kernel ${renderShape(kernel.shape)} takes ${perGroup * group} channels, ${renderShape(x.shape)} has ${channels}`;
    throw mismatch('Conv', [x, kernel], problem);
  }
  const rank = window?.length ?? 2;
  const places = window && placesOf('Conv', x, window, options);
  const shape = x.shape && filters !== undefined && places ? [x.shape[0]!, filters, ...places] : undefined;
  return { attributes: attributesOf(options, rank), shape };
}

export function pooled(op: string, x: Traced, window: readonly number[], options: WindowOptions): Placed {
  const strided = { strides: window, ...options };
  const places = placesOf(op, x, window, strided);
  const shape = x.shape && places && [...x.shape.slice(0, 2), ...places];
  return { attributes: { kernel_shape: window, ...attributesOf(strided, window.length) }, shape };
}

function attributesOf({ strides, dilations, pads }: WindowOptions, rank: number): Placed['attributes'] {
  return {
    strides: perAxis(strides, rank),
    dilations: perAxis(dilations, rank),
    pads: pads === 'same' ? undefined : pads,
    auto_pad: pads === 'same' ? 'SAME_UPPER' : undefined,
  };
}

function placesOf(
  op: string,
  x: Traced,
  window: readonly number[],
  { strides, dilations, pads = [] }: WindowOptions,
): readonly number[] | undefined {
  const sizes = x.shape?.slice(2);
  if (sizes === undefined || !sizes.every((size) => typeof size === 'number')) return undefined;
  if (sizes.length !== window.length) {
    throw mismatch(op, [x], `a window of ${window.length} axes does not move over ${renderShape(x.shape)}`);
  }
  const step = perAxis(strides, sizes.length) ?? [];
  const spread = perAxis(dilations, sizes.length) ?? [];
  return sizes.map((size, axis) => {
    const stride = step[axis] ?? 1;
    if (pads === 'same') return Math.ceil(size / stride);
    const reach = (window[axis]! - 1) * (spread[axis] ?? 1) + 1;
    const padded = size + (pads[axis] ?? 0) + (pads[axis + sizes.length] ?? 0);
    if (padded < reach) {
      throw mismatch(op, [x], `a window of ${renderShape(window)} does not fit into ${renderShape(x.shape)}`);
    }
    return Math.floor((padded - reach) / stride) + 1;
  });
}

function perAxis(value: number | readonly number[] | undefined, rank: number): readonly number[] | undefined {
  return typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
}
