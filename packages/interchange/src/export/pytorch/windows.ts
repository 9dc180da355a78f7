import type { Shape } from '@descent/autodiff';
import { pythonTuple } from './python.ts';
import {
  integerAttribute,
  listAttribute,
  required,
  type Statement,
  type Translation,
  textAttribute,
} from './statement.ts';

interface Window {
  readonly rank: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros before and after each spatial axis, auto_pad resolved. `after` is what the last window reaches into. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Resolved against the inferred sizes, so that auto_pad and ceil_mode need no further rules. */
function windowOf(statement: Statement, kernel: readonly number[]): Window {
  const rank = kernel.length;
  const [input, output] = [statement.inputType(0).shape, statement.outputType().shape].map(spatial);
  const strides = listAttribute(statement, 'strides') ?? new Array<number>(rank).fill(1);
  const dilations = listAttribute(statement, 'dilations') ?? new Array<number>(rank).fill(1);
  const mode = textAttribute(statement, 'auto_pad', 'NOTSET');
  const pads = listAttribute(statement, 'pads') ?? new Array<number>(2 * rank).fill(0);
  const covered = kernel.map(
    (size, axis) => (output![axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1,
  );
  const missing = covered.map((size, axis) => Math.max(0, size - input![axis]!));
  const before = missing.map((size, axis) => {
    if (mode === 'SAME_UPPER') return Math.floor(size / 2);
    if (mode === 'SAME_LOWER') return Math.ceil(size / 2);
    return mode === 'VALID' ? 0 : pads[axis]!;
  });
  const after = covered.map((size, axis) => Math.max(0, size - input![axis]! - before[axis]!));
  return { rank, kernel, strides, dilations, before, after };
}

function spatial(shape: Shape): readonly number[] {
  return shape.slice(2).filter((dim) => typeof dim === 'number');
}

/** F.pad counts from the last axis backwards. */
function padded(x: string, { before, after }: Window, value: string | undefined): string {
  if ([...before, ...after].every((width) => width === 0)) return x;
  const widths = before.flatMap((width, axis) => [width, after[axis]!]);
  const reversed = before.flatMap((_, axis) => {
    const from = 2 * (before.length - 1 - axis);
    return [widths[from]!, widths[from + 1]!];
  });
  const fill = value === undefined ? '' : `, value=${value}`;
  return `F.pad(${x}, ${pythonTuple(reversed)}${fill})`;
}

const perAxis = (values: readonly number[]) => {
  return values.every((value) => value === values[0]) ? String(values[0]) : pythonTuple(values);
};

export const conv: Translation = (statement) => {
  const [, , ...kernel] = statement.inputType(1).shape as readonly number[];
  const window = windowOf(statement, kernel);
  if (window.rank < 1 || window.rank > 3) return undefined;
  const symmetric = window.before.join() === window.after.join();
  const x = symmetric ? required(statement, 0) : padded(required(statement, 0), window, undefined);
  const group = integerAttribute(statement, 'group', 1);
  return call(`F.conv${window.rank}d`, [
    x,
    required(statement, 1),
    statement.input(2) ?? '',
    named('stride', window.strides, 1),
    symmetric ? named('padding', window.before, 0) : '',
    named('dilation', window.dilations, 1),
    group === 1 ? '' : `groups=${group}`,
  ]);
};

export const convTranspose: Translation = (statement) => {
  const [, , ...kernel] = statement.inputType(1).shape as readonly number[];
  const rank = kernel.length;
  if (rank < 1 || rank > 3) return undefined;
  const [input, output] = [statement.inputType(0).shape, statement.outputType().shape].map(spatial);
  const strides = listAttribute(statement, 'strides') ?? new Array<number>(rank).fill(1);
  const dilations = listAttribute(statement, 'dilations') ?? new Array<number>(rank).fill(1);
  const whole = kernel.map(
    (size, axis) => (input![axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1,
  );
  const cut = whole.map((size, axis) => size - output![axis]!);
  const mode = textAttribute(statement, 'auto_pad', 'NOTSET');
  const pads = listAttribute(statement, 'pads') ?? new Array<number>(2 * rank).fill(0);
  const given = listAttribute(statement, 'output_shape') !== undefined;
  const before = cut.map((size, axis) => {
    if (mode === 'VALID' || (mode === 'NOTSET' && !given)) return mode === 'VALID' ? 0 : pads[axis]!;
    const total = Math.max(0, size);
    return mode === 'SAME_UPPER' ? Math.floor(total / 2) : total - Math.floor(total / 2);
  });
  const group = integerAttribute(statement, 'group', 1);
  // The whole result is computed and cut to size: padding of either side, with or without output_padding.
  const extra = cut.map((size, axis) => Math.max(0, before[axis]! - size));
  if (extra.some((size, axis) => size >= Math.max(strides[axis]!, dilations[axis]!))) return undefined;
  const all = call(`F.conv_transpose${rank}d`, [
    required(statement, 0),
    required(statement, 1),
    statement.input(2) ?? '',
    named('stride', strides, 1),
    named('output_padding', extra, 0),
    group === 1 ? '' : `groups=${group}`,
    named('dilation', dilations, 1),
  ]);
  if (cut.every((size, axis) => size + extra[axis]! === 0 && before[axis] === 0)) return all;
  const slices = before.map((start, axis) => `${start}:${start + output![axis]!}`);
  return `${all}[:, :, ${slices.join(', ')}]`;
};

export const maxPool: Translation = (statement) => {
  if (statement.node.outputs.length > 1) return undefined;
  const window = windowOf(statement, listAttribute(statement, 'kernel_shape') ?? []);
  if (window.rank < 1 || window.rank > 3) return undefined;
  return call(`F.max_pool${window.rank}d`, [
    padded(required(statement, 0), window, 'float("-inf")'),
    perAxis(window.kernel),
    `stride=${perAxis(window.strides)}`,
    named('dilation', window.dilations, 1),
  ]);
};

export const averagePool: Translation = (statement) => {
  const window = windowOf(statement, listAttribute(statement, 'kernel_shape') ?? []);
  const { rank, dilations } = window;
  const counted = integerAttribute(statement, 'count_include_pad', 0) !== 0;
  if (rank < 1 || rank > 3 || dilations.some((step) => step !== 1)) return undefined;
  if (counted && integerAttribute(statement, 'ceil_mode', 0) !== 0) return undefined;
  const x = required(statement, 0);
  const mean = (of: string) =>
    call(`F.avg_pool${rank}d`, [
      padded(of, window, undefined),
      perAxis(window.kernel),
      `stride=${perAxis(window.strides)}`,
    ]);
  if (counted || [...window.before, ...window.after].every((width) => width === 0)) return mean(x);
  // The mean of ones is the share of each window that lies inside.
  return `${mean(x)} / ${mean(`torch.ones_like(${x}[:1, :1])`)}`;
};

function named(name: string, values: readonly number[], missing: number): string {
  return values.every((value) => value === missing) ? '' : `${name}=${perAxis(values)}`;
}

function call(name: string, args: readonly string[]): string {
  return `${name}(${args.filter((arg) => arg !== '').join(', ')})`;
}
