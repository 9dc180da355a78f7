import type { Tensor } from '@descent/tensors';
import type { Shape } from './dim.ts';
import type { Attributes, Graph, Node, ValueName } from './graph.ts';
import type { OperationName } from './operations/index.ts';
import { integer, text } from './rules/attributes.ts';
import { numbers } from './rules/numbers.ts';

/**
 * How a value depends on the samples of a batch.
 * - `fixed`: not at all; it is the same for every batch.
 * - `rows`: its first axis goes over the samples, and each part of it depends on its own sample only.
 * - `sum`: a sum over the samples of something that depends on one each.
 * - `mixed`: in another way, or in one that is not known.
 */
type Dependence = 'fixed' | 'rows' | 'sum' | 'mixed';

interface Seen {
  readonly attributes: Attributes;
  /** Of the inputs; absent ones are fixed. */
  readonly given: readonly Dependence[];
  readonly shapes: readonly Shape[];
  readonly outputs: readonly Shape[];
  constant(input: number): Tensor | undefined;
}

type Rule = (seen: Seen) => Dependence | readonly Dependence[];

/**
 * The names of the outputs that are sums over the samples of the batch: computed for the parts of a batch one after
 * the other, their results add up to that of the whole. Gradients of a summed loss are, unless something in the
 * model looks at several samples (batch normalisation) or adds what no sample causes (a penalty on weights). What is
 * not known to be a sum is left out.
 */
export function sumsOfSamples(graph: Graph): ReadonlySet<string> {
  const known = new Map<ValueName, Dependence>();
  const shapeOf = (value: ValueName): Shape => graph.types.get(value)?.shape ?? [];
  for (const input of graph.inputs) known.set(input, hasRows(shapeOf(input)) ? 'rows' : 'fixed');
  const seenBy = (node: Node): Seen => ({
    attributes: node.attributes,
    given: node.inputs.map((value) => known.get(value) ?? 'fixed'),
    shapes: node.inputs.map(shapeOf),
    outputs: node.outputs.map(shapeOf),
    constant: (input) => graph.constants.get(node.inputs[input] ?? ''),
  });
  for (const node of graph.nodes) {
    const seen = seenBy(node);
    const result = dependenceOf(node.op, seen);
    node.outputs.forEach((value, index) => {
      const own = typeof result === 'string' ? result : (result[index] ?? 'mixed');
      known.set(value, own === 'rows' && !hasRows(shapeOf(value)) ? 'mixed' : own);
    });
  }
  return new Set([...graph.outputs].flatMap(([name, value]) => (known.get(value) === 'sum' ? [name] : [])));
}

const hasRows = (shape: Shape): boolean => typeof shape[0] === 'string';

function dependenceOf(op: OperationName, seen: Seen): ReturnType<Rule> {
  if (seen.given.every((one) => one === 'fixed')) return 'fixed';
  if (seen.given.includes('mixed')) return 'mixed';
  if (seen.given.includes('sum')) return linear[op]?.(seen) ?? 'mixed';
  return rules[op]?.(seen) ?? 'mixed';
}

/** Of nodes that read sums. */
const linear: Partial<Record<OperationName, Rule>> = {
  Add: allSums,
  Sub: allSums,
  Sum: allSums,
  Neg: () => 'sum',
  Identity: () => 'sum',
  Reshape: () => 'sum',
  Transpose: () => 'sum',
  Mul: ({ given }) => (given.includes('fixed') ? 'sum' : 'mixed'),
};

function allSums({ given }: Seen): Dependence {
  return given.every((one) => one === 'sum') ? 'sum' : 'mixed';
}

/** The first axis of all that goes over samples is that of the result. */
const aligned: Rule = ({ given, shapes, outputs: [shape] }) =>
  given.every((one, input) => one === 'fixed' || shapes[input]!.length === shape!.length) &&
  shapes.every((one) => one.length <= shape!.length)
    ? 'rows'
    : 'mixed';

/** What the first axis of the result goes over tells it: samples in their order, or nothing any more. */
const keptFirstAxis: Rule = () => 'rows';

const alongOtherAxes =
  (missing: number): Rule =>
  ({ attributes, shapes: [shape] }) => {
    const axis = integer(attributes, 'axis', missing);
    return axis === 0 || axis === -shape!.length ? 'mixed' : 'rows';
  };

/** Those of that position are fixed, the others may go over samples. */
const fixedFrom =
  (first: number): Rule =>
  ({ given }) =>
    given.slice(first).every((one) => one === 'fixed') ? 'rows' : 'mixed';

const bothRows =
  (result: Dependence | readonly Dependence[]): Rule =>
  ({ given }) =>
    given[0] === 'rows' && given[1] === 'rows' && given.slice(2).every((one) => one === 'fixed')
      ? result
      : 'mixed';

const rules: Partial<Record<OperationName, Rule>> = {
  ...Object.fromEntries(
    (
      [
        ...['Abs', 'Add', 'Cast', 'Clip', 'Div', 'Elu', 'Equal', 'Erf', 'Exp', 'Gelu', 'GeluGrad', 'Greater'],
        ...['GreaterOrEqual', 'HardSigmoid', 'Identity', 'LeakyRelu', 'LeakyReluGrad', 'Less', 'LessOrEqual'],
        ...['Log', 'Max', 'Min', 'Mul', 'Neg', 'Not', 'Or', 'And', 'Pow', 'Reciprocal', 'Relu', 'ReluGrad'],
        ...['Sigmoid', 'Sign', 'Softplus', 'Sqrt', 'Sub', 'Sum', 'Tanh', 'Where'],
      ] as OperationName[]
    ).map((op) => [op, aligned]),
  ),
  ArgMax: keptFirstAxis,
  Flatten: keptFirstAxis,
  GlobalAveragePool: keptFirstAxis,
  MaxPool: keptFirstAxis,
  MaxPoolGrad: keptFirstAxis,
  AveragePool: keptFirstAxis,
  AveragePoolGrad: keptFirstAxis,
  ReduceMax: keptFirstAxis,
  ReduceMean: keptFirstAxis,
  Reshape: keptFirstAxis,
  Squeeze: keptFirstAxis,
  Unsqueeze: keptFirstAxis,
  ReduceSum: ({ outputs: [shape] }) => (hasRows(shape!) ? 'rows' : 'sum'),
  Transpose: ({ attributes }) =>
    (attributes.perm as readonly number[] | undefined)?.[0] === 0 ? 'rows' : 'mixed',
  Softmax: alongOtherAxes(-1),
  LogSoftmax: alongOtherAxes(-1),
  Concat: (seen) => (seen.given.includes('fixed') ? 'mixed' : alongOtherAxes(1)(seen)),
  Conv: fixedFrom(1),
  ConvInputGrad: fixedFrom(1),
  ConvWeightGrad: bothRows('sum'),
  LayerNormalization: (seen) =>
    fixedFrom(1)(seen) === 'rows' && alongOtherAxes(-1)(seen) === 'rows' ? ['rows', 'rows', 'rows'] : 'mixed',
  LayerNormalizationGrad: (seen) =>
    alongOtherAxes(-1)(seen) === 'rows' ? bothRows(['rows', 'sum'])(seen) : 'mixed',
  MatMul: ({ given, shapes: [a, b] }) => {
    if (given[0] === 'rows' && given[1] === 'fixed')
      return a!.length >= Math.max(2, b!.length) ? 'rows' : 'mixed';
    return given[0] === 'rows' && a!.length === b!.length && a!.length > 2 ? 'rows' : 'mixed';
  },
  Gemm: ({ given, attributes }) => {
    const [transA, transB] = ['transA', 'transB'].map((name) => integer(attributes, name, 0) !== 0);
    if (given[0] !== 'rows') return 'mixed';
    if (!transA) return given[1] === 'fixed' && (given[2] ?? 'fixed') === 'fixed' ? 'rows' : 'mixed';
    return given[1] === 'rows' && !transB && given.length === 2 ? 'sum' : 'mixed';
  },
  Gather: ({ given, attributes }) =>
    given[0] === 'fixed' && integer(attributes, 'axis', 0) === 0 ? 'rows' : 'mixed',
  GatherGrad: (seen) => (integer(seen.attributes, 'axis', 0) === 0 ? bothRows('sum')(seen) : 'mixed'),
  SoftmaxCrossEntropyLoss: (seen) => {
    const reduction = text(seen.attributes, 'reduction', 'mean');
    if (reduction === 'mean') return 'mixed';
    return bothRows([reduction === 'sum' ? 'sum' : 'rows', 'rows'])(seen);
  },
  SoftmaxCrossEntropyLossGrad: ({ given, attributes, constant }) => {
    const [upstream, scores, labels, weights = 'fixed'] = given;
    const each = upstream === 'rows' || (constant(0) !== undefined && numbers(constant(0)!).length === 1);
    return each &&
      scores === 'rows' &&
      labels === 'rows' &&
      weights === 'fixed' &&
      text(attributes, 'reduction', 'mean') !== 'mean'
      ? 'rows'
      : 'mixed';
  },
};
