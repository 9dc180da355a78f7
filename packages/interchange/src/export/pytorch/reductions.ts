import { pythonTuple } from './python.ts';
import {
  constantNumbers,
  countedAxes,
  integerAttribute,
  listAttribute,
  required,
  sizes,
  type Translation,
} from './statement.ts';

/** Over the axes of an attribute or of a constant input; over all of them where there are none. */
export function reduction(
  write: (x: string, axes: string, keep: string) => string,
  { integers = true }: { readonly integers?: boolean } = {},
): Translation {
  return (statement) => {
    const { dtype, shape } = statement.inputType(0);
    if (!integers && dtype !== 'float32') return undefined;
    const given = listAttribute(statement, 'axes') ?? constantNumbers(statement, 1);
    if (given === undefined && statement.input(1) !== undefined) return undefined;
    const none = given === undefined || given.length === 0;
    const axes = none ? [...shape.keys()] : countedAxes(given, shape.length);
    const noop = none && integerAttribute(statement, 'noop_with_empty_axes', 0) !== 0;
    if (noop || axes.length === 0) return shape.length === 0 || noop ? required(statement, 0) : undefined;
    const keep = integerAttribute(statement, 'keepdims', 1) === 0 ? '' : ', keepdim=True';
    return write(required(statement, 0), axes.length === 1 ? String(axes[0]) : pythonTuple(axes), keep);
  };
}

/** PyTorch multiplies along one axis at a time. */
export const product: Translation = (statement) => {
  const { shape } = statement.inputType(0);
  const given = listAttribute(statement, 'axes') ?? [];
  const axes = given.length === 0 ? [...shape.keys()] : countedAxes(given, shape.length);
  const kept = axes.reduce((x, axis) => `${x}.prod(dim=${axis}, keepdim=True)`, required(statement, 0));
  if (integerAttribute(statement, 'keepdims', 1) !== 0) return kept;
  return `${kept}.reshape(${pythonTuple(sizes(statement.outputType().shape))})`;
};

export const topK: Translation = (statement) => {
  const k = constantNumbers(statement, 1)?.[0];
  if (k === undefined) return undefined;
  const axis = integerAttribute(statement, 'axis', -1);
  const largest = integerAttribute(statement, 'largest', 1) === 0 ? ', largest=False' : '';
  const top = `torch.topk(${required(statement, 0)}, ${k}, dim=${axis}${largest})`;
  return [`${top}.values`, `${top}.indices`].slice(0, statement.node.outputs.length);
};

export function argument(name: 'argmax' | 'argmin'): Translation {
  return (statement) => {
    if (integerAttribute(statement, 'select_last_index', 0) !== 0) return undefined;
    const keep = integerAttribute(statement, 'keepdims', 1) === 0 ? '' : ', keepdim=True';
    return `torch.${name}(${required(statement, 0)}, dim=${integerAttribute(statement, 'axis', 0)}${keep})`;
  };
}

export const cumSum: Translation = (statement) => {
  const axis = constantNumbers(statement, 1)?.[0];
  if (axis === undefined) return undefined;
  const x = required(statement, 0);
  const reverse = integerAttribute(statement, 'reverse', 0) !== 0;
  const flipped = (value: string) => (reverse ? `torch.flip(${value}, (${axis},))` : value);
  const sum = flipped(`torch.cumsum(${flipped(x)}, dim=${axis})`);
  return integerAttribute(statement, 'exclusive', 0) === 0 ? sum : `${sum} - ${x}`;
};
