import type { OnnxOperationName } from '@descent/autodiff';
import {
  concat,
  expand,
  flattenLike,
  gather,
  gatherElements,
  oneHot,
  pad,
  scatterElements,
  slice,
  split,
  tile,
  transpose,
  trilu,
} from './moves.ts';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
} from './normalizations.ts';
import { asTensor, isNumber, pythonFloat, pythonTuple } from './python.ts';
import { argument, cumSum, product, reduction, topK } from './reductions.ts';
import {
  constantNumbers,
  integerAttribute,
  required,
  type Statement,
  sizes,
  type Translation,
  textAttribute,
} from './statement.ts';
import { averagePool, conv, convTranspose, maxPool } from './windows.ts';

const unary =
  (name: string): Translation =>
  (statement) =>
    `${name}(${required(statement, 0)})`;

const infix =
  (symbol: string): Translation =>
  (statement) =>
    `${bracketed(required(statement, 0))} ${symbol} ${bracketed(required(statement, 1))}`;

const real = (statement: Statement, name: string, missing: number): string =>
  pythonFloat(integerAttribute(statement, name, missing));

/** A function of x and of numbers. */
const withNumbers =
  (name: string, attributes: readonly (readonly [string, number])[]): Translation =>
  (statement) => {
    const numbers = attributes.map(([attribute, missing]) => real(statement, attribute, missing));
    return `${name}(${[required(statement, 0), ...numbers].join(', ')})`;
  };

/** Two or more values, folded from the left. */
const folded =
  (fold: (a: string, b: string) => string): Translation =>
  (statement) =>
    statement.node.inputs.map((_, index) => required(statement, index)).reduce(fold);

const castTypes: Readonly<Record<string, string>> = {
  float32: 'torch.float32',
  float64: 'torch.float64',
  int32: 'torch.int32',
  int64: 'torch.int64',
  uint8: 'torch.uint8',
  bool: 'torch.bool',
};

const floats = { integers: false };

/** How operations are said in PyTorch. One that is missing here, or declines, is expanded to its function body. */
export const translations: { readonly [Name in OnnxOperationName]?: Translation } & Readonly<
  Record<string, Translation | undefined>
> = {
  Abs: unary('torch.abs'),
  Acos: unary('torch.acos'),
  Acosh: unary('torch.acosh'),
  Add: infix('+'),
  And: unaryOfTwo('torch.logical_and'),
  ArgMax: argument('argmax'),
  ArgMin: argument('argmin'),
  Asin: unary('torch.asin'),
  Asinh: unary('torch.asinh'),
  Atan: unary('torch.atan'),
  Atanh: unary('torch.atanh'),
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: (statement) =>
    `${asTensor(required(statement, 0))}.to(${castTypes[textAttribute(statement, 'to', '')]})`,
  Ceil: unary('torch.ceil'),
  Celu: withNumbers('F.celu', [['alpha', 1]]),
  Clip: (statement) => {
    const bounds = (['min', 'max'] as const).flatMap((name, index) => {
      const bound = statement.input(index + 1);
      const value = constantNumbers(statement, index + 1)?.[0];
      if (bound === undefined) return [];
      const isInteger = statement.inputType(0).dtype !== 'float32';
      return [`${name}=${value === undefined ? bound : isInteger ? value : pythonFloat(value)}`];
    });
    const x = required(statement, 0);
    return bounds.length === 0 ? x : `torch.clamp(${[x, ...bounds].join(', ')})`;
  },
  Concat: concat,
  ConstantOfShape: (statement) => {
    const { dtype, shape } = statement.outputType();
    const value = dtype === 'float32' ? real(statement, 'value', 0) : integerAttribute(statement, 'value', 0);
    return `torch.full(${pythonTuple(sizes(shape))}, ${value}, dtype=${castTypes[dtype]})`;
  },
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: unary('torch.cos'),
  Cosh: unary('torch.cosh'),
  CumSum: cumSum,
  Div: (statement) => {
    const [a, b] = [required(statement, 0), required(statement, 1)];
    if (statement.outputType().dtype === 'float32') return `${bracketed(a)} / ${bracketed(b)}`;
    return `torch.div(${a}, ${b}, rounding_mode="trunc")`;
  },
  Dropout: (statement) => (statement.node.outputs.length > 1 ? undefined : required(statement, 0)),
  Einsum: (statement) => {
    const operands = statement.node.inputs.map((_, index) => required(statement, index));
    return `torch.einsum(${[JSON.stringify(textAttribute(statement, 'equation', '')), ...operands].join(', ')})`;
  },
  Elu: withNumbers('F.elu', [['alpha', 1]]),
  Equal: infix('=='),
  Erf: unary('torch.erf'),
  Exp: unary('torch.exp'),
  Expand: expand,
  Flatten: flattenLike,
  Floor: unary('torch.floor'),
  Gather: gather,
  GatherElements: gatherElements,
  Gelu: (statement) => {
    const approximate = textAttribute(statement, 'approximate', 'none');
    return `F.gelu(${required(statement, 0)}${approximate === 'none' ? '' : `, approximate="${approximate}"`})`;
  },
  Gemm: (statement) => {
    const matrix = (index: number, flag: string) =>
      integerAttribute(statement, flag, 0) === 0
        ? required(statement, index)
        : `${bracketed(required(statement, index))}.t()`;
    const [alpha, beta] = [integerAttribute(statement, 'alpha', 1), integerAttribute(statement, 'beta', 1)];
    const scaled = (value: string, factor: number) =>
      factor === 1 ? value : `${pythonFloat(factor)} * (${value})`;
    const product = scaled(`${matrix(0, 'transA')} @ ${matrix(1, 'transB')}`, alpha);
    const c = statement.input(2);
    return c === undefined ? product : `${product} + ${scaled(c, beta)}`;
  },
  GlobalAveragePool: overSpace('mean'),
  GlobalMaxPool: overSpace('amax'),
  Greater: infix('>'),
  GreaterOrEqual: infix('>='),
  GroupNormalization: groupNormalization,
  HardSigmoid: (statement) => {
    const [alpha, beta] = [real(statement, 'alpha', 0.2), real(statement, 'beta', 0.5)];
    return `torch.clamp(${alpha} * ${bracketed(required(statement, 0))} + ${beta}, 0.0, 1.0)`;
  },
  HardSwish: unary('F.hardswish'),
  Identity: (statement) => required(statement, 0),
  InstanceNormalization: instanceNormalization,
  IsInf: (statement) =>
    Object.keys(statement.node.attributes).length > 0 ? undefined : unary('torch.isinf')(statement),
  IsNaN: unary('torch.isnan'),
  LayerNormalization: layerNormalization,
  LeakyRelu: withNumbers('F.leaky_relu', [['alpha', 0.01]]),
  Less: infix('<'),
  LessOrEqual: infix('<='),
  Log: unary('torch.log'),
  LogSoftmax: along('torch.log_softmax'),
  LRN: (statement) => {
    const size = integerAttribute(statement, 'size', 1);
    // For an even size ONNX and PyTorch disagree which neighbour is one further away.
    if (size % 2 === 0) return undefined;
    const numbers = [
      real(statement, 'alpha', 1e-4),
      real(statement, 'beta', 0.75),
      real(statement, 'bias', 1),
    ];
    return `F.local_response_norm(${[required(statement, 0), size, ...numbers].join(', ')})`;
  },
  MatMul: infix('@'),
  Max: folded((a, b) => extreme('maximum', 'min', a, b)),
  MaxPool: maxPool,
  Mean: (statement) => {
    const sum = folded((a, b) => `${bracketed(a)} + ${bracketed(b)}`)(statement) as string;
    return `(${sum}) / ${statement.node.inputs.length}`;
  },
  Min: folded((a, b) => extreme('minimum', 'max', a, b)),
  Mish: unary('F.mish'),
  Mod: (statement) => {
    const name = integerAttribute(statement, 'fmod', 0) === 0 ? 'torch.remainder' : 'torch.fmod';
    return `${name}(${required(statement, 0)}, ${required(statement, 1)})`;
  },
  Mul: infix('*'),
  Neg: (statement) => `-${bracketed(required(statement, 0))}`,
  Not: unary('torch.logical_not'),
  OneHot: oneHot,
  Or: unaryOfTwo('torch.logical_or'),
  PRelu: (statement) => {
    const [x, slope] = [required(statement, 0), required(statement, 1)];
    return `torch.where(${x} < 0, ${bracketed(slope)} * ${bracketed(x)}, ${x})`;
  },
  Pad: pad,
  Pow: infix('**'),
  Reciprocal: unary('torch.reciprocal'),
  ReduceL1: reduction((x, axes, keep) => `${bracketed(x)}.abs().sum(dim=${axes}${keep})`),
  ReduceL2: reduction((x, axes, keep) => `${bracketed(x)}.square().sum(dim=${axes}${keep}).sqrt()`, floats),
  ReduceLogSum: reduction((x, axes, keep) => `${bracketed(x)}.sum(dim=${axes}${keep}).log()`, floats),
  ReduceLogSumExp: reduction((x, axes, keep) => `torch.logsumexp(${x}, dim=${axes}${keep})`, floats),
  ReduceMax: reduction((x, axes, keep) => `${bracketed(x)}.amax(dim=${axes}${keep})`),
  ReduceMean: reduction((x, axes, keep) => `${bracketed(x)}.mean(dim=${axes}${keep})`, floats),
  ReduceMin: reduction((x, axes, keep) => `${bracketed(x)}.amin(dim=${axes}${keep})`),
  ReduceProd: product,
  ReduceSum: reduction((x, axes, keep) => `${bracketed(x)}.sum(dim=${axes}${keep})`),
  ReduceSumSquare: reduction((x, axes, keep) => `${bracketed(x)}.square().sum(dim=${axes}${keep})`),
  Relu: unary('torch.relu'),
  Reshape: flattenLike,
  Round: unary('torch.round'),
  ScatterElements: scatterElements,
  Selu: (statement) => {
    const { alpha = 1.6732631921768188, gamma = 1.0507010221481323 } = statement.node.attributes;
    return `${pythonFloat(Number(gamma))} * F.elu(${required(statement, 0)}, ${pythonFloat(Number(alpha))})`;
  },
  Shape: (statement) =>
    Object.keys(statement.node.attributes).length > 0
      ? undefined
      : `torch.tensor(${required(statement, 0)}.shape)`,
  Sigmoid: unary('torch.sigmoid'),
  Sign: unary('torch.sign'),
  Sin: unary('torch.sin'),
  Sinh: unary('torch.sinh'),
  Size: (statement) => `torch.tensor(${required(statement, 0)}.numel())`,
  Slice: slice,
  Softmax: along('torch.softmax'),
  Softplus: unary('F.softplus'),
  Softsign: unary('F.softsign'),
  Split: split,
  Sqrt: unary('torch.sqrt'),
  Squeeze: flattenLike,
  Sub: infix('-'),
  Sum: folded((a, b) => `${bracketed(a)} + ${bracketed(b)}`),
  Tan: unary('torch.tan'),
  Tanh: unary('torch.tanh'),
  ThresholdedRelu: (statement) => {
    const x = required(statement, 0);
    return `torch.where(${x} > ${real(statement, 'alpha', 1)}, ${x}, torch.zeros_like(${x}))`;
  },
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: flattenLike,
  Where: (statement) => {
    const [condition, yes, no] = [0, 1, 2].map((index) => required(statement, index));
    return `torch.where(${condition}, ${yes}, ${no})`;
  },
  Xor: unaryOfTwo('torch.logical_xor'),
};

function unaryOfTwo(name: string): Translation {
  return (statement) => `${name}(${required(statement, 0)}, ${required(statement, 1)})`;
}

function along(name: string): Translation {
  return (statement) => `${name}(${required(statement, 0)}, dim=${integerAttribute(statement, 'axis', -1)})`;
}

function overSpace(name: string): Translation {
  return (statement) => {
    const axes = statement
      .inputType(0)
      .shape.map((_, axis) => axis)
      .slice(2);
    return `${bracketed(required(statement, 0))}.${name}(dim=${pythonTuple(axes)}, keepdim=True)`;
  };
}

/** PyTorch compares two tensors, or clamps one by a number. */
function extreme(name: string, bound: string, a: string, b: string): string {
  if (isNumber(a)) return `torch.clamp(${b}, ${bound}=${a})`;
  return isNumber(b) ? `torch.clamp(${a}, ${bound}=${b})` : `torch.${name}(${a}, ${b})`;
}

/** Operands are names, attributes and plain numbers; only negative numbers need brackets. */
export function bracketed(expression: string): string {
  return expression.startsWith('-') ? `(${expression})` : expression;
}
