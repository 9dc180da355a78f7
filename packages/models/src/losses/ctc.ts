import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { Loss, LossInputs, LossSpecOf } from './loss.ts';
import { floatVector, indicator, int32Scalar, meanPerSample } from './reduce.ts';

type Spec = LossSpecOf<'ctc'>;

/** The logarithm of a probability that stands for 0; sums of a few of them are still finite in float32. */
const impossible = -1e30;

/**
 * Connectionist temporal classification (Graves, Fernández, Gomez & Schmidhuber 2006): −log of the summed probability
 * of all ways to spread the labels over the steps, with blanks between them; one loss per sample. The recursion over the
 * forward variables α runs in logarithms over the 2·labelLength + 1 states blank, label, blank, …, all at once, and
 * is unrolled over the steps: a dozen operations each. A sample whose labels do not fit into the steps has no way;
 * its loss is about 10³⁰.
 */
export const ctc: Loss<Spec> = {
  takes: 'logits [steps, classes] with at least 2 classes and as many steps as labels',
  link: () => 'softmax',
  labels: (context) => {
    const { spec, shapes } = context;
    const [steps, classes, ...rest] = shapes[0]!;
    const { labelLength, blank = 0, ignoreIndex = -1 } = spec;
    if (steps === undefined || classes === undefined || classes < 2 || rest.length > 0) return undefined;
    if (steps < labelLength) {
      throw context.invalid(
        'labelLength',
        'there are fewer steps than labels',
        `at most ${steps}`,
        `${labelLength}`,
      );
    }
    if (blank >= classes) {
      throw context.invalid('blank', 'there is no such class', `0 to ${classes - 1}`, `${blank}`);
    }
    return { dtype: 'int32', shape: [labelLength], classes, ignored: ignoreIndex };
  },
  operations: ([shape]) => 13 * shape![0]! + 40,
  sum: (inputs) => {
    const { graph, shapes, values } = inputs;
    const steps = shapes[0]![0]!;
    const { extended, mayskip, final } = states(inputs);
    const logs = graph.add('LogSoftmax', [values[0]!], { axis: 2 });
    const emissions = emitted(graph, logs, extended, steps);
    let alpha = graph.add('Add', [emissions(0), atStart(graph, inputs.spec)]);
    for (let step = 1; step < steps; step += 1) {
      const fromLast = shifted(graph, alpha, 1);
      const overBlank = graph.add('Add', [shifted(graph, alpha, 2), mayskip]);
      alpha = graph.add('Add', [logSum(graph, [alpha, fromLast, overBlank]), emissions(step)]);
    }
    const ends = graph.add('Add', [alpha, final]);
    const likelihoods = graph.add('ReduceLogSumExp', [ends], { axes: [1], keepdims: 0 });
    return graph.add('Neg', [meanPerSample(graph, likelihoods, inputs.weights)]);
  },
};

/** The states of each sample: which class each emits, where the blank before may be skipped, where a way may end. */
function states({ graph, spec, labels }: LossInputs<Spec>) {
  const { labelLength, blank = 0, ignoreIndex = -1 } = spec;
  const padding = graph.add('Equal', [labels, int32Scalar(graph, ignoreIndex)]);
  const codes = graph.add('Where', [padding, int32Scalar(graph, blank), labels]);
  const blanks = graph.add('Add', [
    graph.add('Mul', [codes, int32Scalar(graph, 0)]),
    int32Scalar(graph, blank),
  ]);
  const beside = (value: ValueName) => graph.add('Unsqueeze', [value, graph.integers([2])]);
  const pairs = graph.add('Concat', [beside(blanks), beside(codes)], { axis: 2 });
  const flat = graph.add('Reshape', [pairs, graph.integers([-1, 2 * labelLength])]);
  const column = (value: ValueName) =>
    graph.add('Slice', [value, graph.integers([0]), graph.integers([1]), graph.integers([1])]);
  const extended = graph.add('Concat', [flat, column(blanks)], { axis: 1 });

  // A label that repeats the one before must be told apart from it by a blank.
  const size = 2 * labelLength + 1;
  const isLabel = graph.add('Not', [graph.add('Equal', [extended, int32Scalar(graph, blank)])]);
  const earlier = graph.add('Concat', [column(blanks), column(blanks), cut(graph, extended, size - 2)], {
    axis: 1,
  });
  const differs = graph.add('Not', [graph.add('Equal', [extended, earlier])]);
  const mayskip = penalty(graph, graph.add('And', [isLabel, differs]));

  const counted = indicator(graph, graph.add('Not', [padding]));
  const length = graph.add('ReduceSum', [counted, graph.integers([1])], { keepdims: 1 });
  const last = graph.add('Mul', [length, graph.scalar(2)]);
  const positions = floatVector(
    graph,
    Array.from({ length: size }, (_, index) => index),
  );
  const behind = graph.add('Sub', [last, positions]);
  const ends = graph.add('And', [
    graph.add('GreaterOrEqual', [behind, graph.scalar(0)]),
    graph.add('LessOrEqual', [behind, graph.scalar(1)]),
  ]);
  return { extended, mayskip, final: penalty(graph, ends) };
}

/** 0 where it is possible, else the logarithm of nothing. */
function penalty(graph: GraphBuilder, possible: ValueName): ValueName {
  return graph.add('Where', [possible, graph.scalar(0), graph.scalar(impossible)]);
}

/** A way starts with the first blank or the first label. */
function atStart(graph: GraphBuilder, { labelLength }: Spec): ValueName {
  const rest = new Array<number>(2 * labelLength - 1).fill(impossible);
  return floatVector(graph, [0, 0, ...rest]);
}

/** Per step, log probability of what each state emits: [batch, states]. */
function emitted(graph: GraphBuilder, logs: ValueName, extended: ValueName, steps: number) {
  const size = Number(graph.type(extended).shape[1]);
  const indices = graph.add('Unsqueeze', [extended, graph.integers([1])]);
  const perStep = graph.add('Concat', new Array<ValueName>(steps).fill(indices), { axis: 1 });
  const all = graph.add('GatherElements', [logs, perStep], { axis: 2 });
  return (step: number) => {
    const bounds = [[step], [step + 1], [1]].map((values) => graph.integers(values));
    const one = graph.add('Slice', [all, ...bounds]);
    return graph.add('Reshape', [one, graph.integers([-1, size])]);
  };
}

/** α of the state `by` before; before the first there is none. */
function shifted(graph: GraphBuilder, alpha: ValueName, by: number): ValueName {
  const size = Number(graph.type(alpha).shape[1]);
  const kept = cut(graph, alpha, size - by);
  return graph.add('Pad', [kept, graph.integers([0, by, 0, 0]), graph.scalar(impossible)]);
}

function cut(graph: GraphBuilder, value: ValueName, length: number): ValueName {
  return graph.add('Slice', [value, graph.integers([0]), graph.integers([length]), graph.integers([1])]);
}

/** log Σ exp, with the largest taken off; where all are impossible it stays so. */
function logSum(graph: GraphBuilder, terms: readonly ValueName[]): ValueName {
  const beside = terms.map((term) => graph.add('Unsqueeze', [term, graph.integers([2])]));
  const all = graph.add('Concat', beside, { axis: 2 });
  return graph.add('ReduceLogSumExp', [all], { axes: [2], keepdims: 0 });
}
