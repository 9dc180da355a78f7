import { asTensor, pythonFloat, pythonTuple } from './python.ts';
import {
  constantNumbers,
  countedAxes,
  integerAttribute,
  listAttribute,
  required,
  type Statement,
  sizes,
  type Translation,
  textAttribute,
} from './statement.ts';

/** Reshape, Flatten, Squeeze, Unsqueeze: the same elements in the inferred shape. */
export const flattenLike: Translation = (statement) => {
  const { shape } = statement.outputType();
  return `${required(statement, 0)}.reshape(${pythonTuple(sizes(shape)).replace(/^\((.*?),?\)$/, '$1') || '()'})`;
};

export const transpose: Translation = (statement) => {
  const rank = statement.inputType(0).shape.length;
  const order = listAttribute(statement, 'perm') ?? [...Array(rank).keys()].reverse();
  return `${required(statement, 0)}.permute(${order.length === 0 ? '()' : order.join(', ')})`;
};

export const expand: Translation = (statement) =>
  `torch.broadcast_to(${asTensor(required(statement, 0))}, ${pythonTuple(sizes(statement.outputType().shape))})`;

export const tile: Translation = (statement) => {
  const repeats = constantNumbers(statement, 1);
  return repeats && `${required(statement, 0)}.repeat(${repeats.join(', ')})`;
};

export const concat: Translation = (statement) => {
  const parts = statement.node.inputs.map((_, index) => required(statement, index));
  return `torch.cat(${pythonTuple(parts)}, dim=${integerAttribute(statement, 'axis', 0)})`;
};

export const split: Translation = (statement) => {
  const { node } = statement;
  const axis = integerAttribute(statement, 'axis', 0);
  const rank = statement.inputType(0).shape.length;
  const widths = node.outputs.map((_, index) =>
    statement.outputType(index).shape.at(axis < 0 ? axis + rank : axis),
  );
  if (!widths.every((width) => typeof width === 'number')) return undefined;
  let start = 0;
  return widths.map((width) => {
    start += width;
    return `${required(statement, 0)}.narrow(${axis}, ${start - width}, ${width})`;
  });
};

export const slice: Translation = (statement) => {
  const { shape } = statement.inputType(0);
  const [starts, ends] = [constantNumbers(statement, 1), constantNumbers(statement, 2)];
  if (starts === undefined || ends === undefined) return undefined;
  const axes = countedAxes(constantNumbers(statement, 3) ?? starts.map((_, axis) => axis), shape.length);
  const steps = constantNumbers(statement, 4) ?? starts.map(() => 1);
  if (statement.input(3) !== undefined && constantNumbers(statement, 3) === undefined) return undefined;
  let x = required(statement, 0);
  const cuts = shape.map(() => ':');
  for (const [place, axis] of axes.entries()) {
    const [size, step] = [shape[axis]!, steps[place]!];
    if (step > 0) cuts[axis] = cut(starts[place]!, ends[place]!, step, size);
    else {
      const picked = typeof size === 'number' && backwards(starts[place]!, ends[place]!, step, size);
      if (picked === false) return undefined;
      x = `${x}.index_select(${axis}, torch.tensor([${picked.join(', ')}], device=${x}.device))`;
    }
  }
  const last = cuts.findLastIndex((part) => part !== ':');
  return last === -1 ? x : `${x}[${cuts.slice(0, last + 1).join(', ')}]`;
};

/** Python's slice, with ends far outside left out. */
function cut(start: number, end: number, step: number, size: number | string): string {
  const far = typeof size === 'number' ? size : 2 ** 31 - 1;
  const from = start === 0 || start <= -far ? '' : String(start);
  const to = end >= far ? '' : String(end);
  return `${from}:${to}${step === 1 ? '' : `:${step}`}`;
}

function backwards(start: number, end: number, step: number, size: number): readonly number[] {
  const place = (index: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const [from, to] = [place(start, 0, size - 1), place(end, -1, size - 1)];
  const picked: number[] = [];
  for (let index = from; index > to; index += step) picked.push(index);
  return picked;
}

/** Python's indexing counts −1 from the end, as ONNX does. */
export const gather: Translation = (statement) => {
  const rank = statement.inputType(0).shape.length;
  const axis = integerAttribute(statement, 'axis', 0);
  const before = ':, '.repeat(axis < 0 ? axis + rank : axis);
  const constant = statement.constant(1);
  if (constant?.shape.length === 0) return `${required(statement, 0)}[${before}${Number(constant.data[0])}]`;
  return `${required(statement, 0)}[${before}${indices(statement, 1)}]`;
};

export const gatherElements: Translation = (statement) => {
  const [x, axis] = [required(statement, 0), integerAttribute(statement, 'axis', 0)];
  const index = indices(statement, 1);
  const size = `${x}.shape[${axis}]`;
  return `torch.gather(${x}, ${axis}, torch.where(${index} < 0, ${index} + ${size}, ${index}))`;
};

/** With `reduction` none, add, mul, max or min over repeated places. */
export const scatterElements: Translation = (statement) => {
  const [x, updates] = [required(statement, 0), required(statement, 2)];
  const axis = integerAttribute(statement, 'axis', 0);
  const index = indices(statement, 1);
  const place = `torch.where(${index} < 0, ${index} + ${x}.shape[${axis}], ${index})`;
  const reductions: Readonly<Record<string, string>> = { add: 'sum', mul: 'prod', max: 'amax', min: 'amin' };
  const name = textAttribute(statement, 'reduction', 'none');
  if (name === 'none') return `torch.scatter(${x}, ${axis}, ${place}, ${updates})`;
  const reduce = reductions[name];
  return reduce && `torch.scatter_reduce(${x}, ${axis}, ${place}, ${updates}, reduce="${reduce}")`;
};

export const oneHot: Translation = (statement) => {
  const [depth, values] = [constantNumbers(statement, 1)?.[0], constantNumbers(statement, 2)];
  if (depth === undefined || values?.join() !== '0,1' || statement.outputType().dtype !== 'float32')
    return undefined;
  const index = indices(statement, 0);
  const axis = integerAttribute(statement, 'axis', -1);
  const classes = `torch.arange(${depth}, device=${index}.device)`;
  const rank = statement.outputType().shape.length;
  const shape = Array.from({ length: rank }, (_, at) => (at === (axis < 0 ? axis + rank : axis) ? -1 : 1));
  return `((${index} % ${depth}).unsqueeze(${axis}) == ${classes}.reshape(${shape.join(', ')})).float()`;
};

function indices(statement: Statement, index: number): string {
  const value = required(statement, index);
  return statement.inputType(index).dtype === 'int64' ? value : `${value}.long()`;
}

const padModes: Readonly<Record<string, string | undefined>> = {
  constant: 'constant',
  reflect: 'reflect',
  edge: 'replicate',
  wrap: 'circular',
};

export const pad: Translation = (statement) => {
  const { shape, dtype } = statement.inputType(0);
  const widths = constantNumbers(statement, 1);
  const listed = constantNumbers(statement, 3) ?? [...shape.keys()];
  const mode = padModes[textAttribute(statement, 'mode', 'constant')];
  if (widths === undefined || mode === undefined || dtype === 'bool') return undefined;
  const axes = countedAxes(listed, shape.length);
  const perAxis = shape.map((_, axis) => {
    const place = axes.indexOf(axis);
    return place === -1 ? [0, 0] : [widths[place]!, widths[place + axes.length]!];
  });
  const first = perAxis.findIndex(([before, after]) => before !== 0 || after !== 0);
  if (first === -1) return required(statement, 0);
  const reversed = perAxis.slice(first).reverse().flat();
  const x = required(statement, 0);
  if (mode !== 'constant') {
    // PyTorch reflects and repeats behind batch and channels only.
    const spatial = shape.length - 2;
    if (first < 2 || spatial > 3 || reversed.some((width) => width < 0)) return undefined;
    const all = [...reversed, ...new Array<number>(2 * (first - 2)).fill(0)];
    return `F.pad(${x}, ${pythonTuple(all)}, mode="${mode}")`;
  }
  const value = constantNumbers(statement, 2)?.[0];
  if (statement.input(2) !== undefined && value === undefined) return undefined;
  const fill = value === undefined || value === 0 ? '' : `, value=${pythonFloat(value)}`;
  return `F.pad(${x}, ${pythonTuple(reversed)}${fill})`;
};

export const trilu: Translation = (statement) => {
  const k = statement.input(1) === undefined ? 0 : constantNumbers(statement, 1)?.[0];
  if (k === undefined) return undefined;
  const name = integerAttribute(statement, 'upper', 1) === 0 ? 'torch.tril' : 'torch.triu';
  return `${name}(${required(statement, 0)}${k === 0 ? '' : `, diagonal=${k}`})`;
};
