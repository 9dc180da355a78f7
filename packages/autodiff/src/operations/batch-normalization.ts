import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Attributes, ValueName } from '../graph.ts';
import type { DecomposeContext, GradientContext, Operation } from '../operation.ts';
import { integer, real } from '../rules/attributes.ts';
import {
  alongChannels,
  channelOffsets,
  inverseRoot,
  momentsOver,
  otherThanChannels,
  perChannelOrRefuse,
} from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

const epsilonOf = (attributes: Attributes) => real(attributes, 'epsilon', 1e-5);
const momentumOf = (attributes: Attributes) => real(attributes, 'momentum', 0.9);
const isTraining = (attributes: Attributes) => integer(attributes, 'training_mode', 0) !== 0;

/**
 * ONNX BatchNormalization (opset 15) of X [n, channels, ...]: (X − mean) ÷ √(variance + epsilon) · scale + B per channel.
 * With training_mode the mean and the population variance are those of X, and the outputs 1 and 2 are the running ones:
 * input · momentum + X's · (1 − momentum); so a momentum of 0 gives the statistics of X. Ioffe & Szegedy (2015).
 */
export const batchNormalization: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'scale', dtypes: 'float' },
    { name: 'B', dtypes: 'float' },
    { name: 'input_mean', dtypes: 'float' },
    { name: 'input_var', dtypes: 'float' },
  ],
  attributes: { epsilon: 'real', momentum: 'real', training_mode: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const { shape } = inputs[0]!;
    const channels = shape[1];
    if (channels === undefined) throw mismatch(context, `X is [n, channels, ...], not ${renderShape(shape)}`);
    if (typeof channels !== 'number') {
      throw mismatch(context, `the channels of X ${renderShape(shape)} must not hold the batch`);
    }
    ['scale', 'B', 'input_mean', 'input_var'].forEach((name, index) => {
      perChannelOrRefuse(context, index + 1, name, channels);
    });
    const momentum = momentumOf(node.attributes);
    if (momentum < 0 || momentum > 1) throw wrongAttribute(node, 'momentum', 'must be from 0 to 1');
    if (!isTraining(node.attributes)) return [inputs[0]!];
    const statistic = { dtype: 'float32', shape: [channels] } as const;
    return [inputs[0]!, statistic, statistic];
  },
  evaluate: ([x, scale, b, mean, variance], attributes, types) => {
    const [values, y] = [numbers(x!), zeros(x!.shape)];
    const [scales, shifts, means, variances] = [scale!, b!, mean!, variance!].map(numbers) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const [runningMeans, runningVariances] = [zeros(mean!.shape), zeros(mean!.shape)];
    const momentum = momentumOf(attributes);
    channelOffsets(x!.shape).forEach((offsets, channel) => {
      const given = { mean: means[channel]!, variance: variances[channel]! };
      const own = isTraining(attributes) ? momentsOver(values, offsets) : given;
      runningMeans[channel] = given.mean * momentum + own.mean * (1 - momentum);
      runningVariances[channel] = given.variance * momentum + own.variance * (1 - momentum);
      const factor = scales[channel]! / Math.sqrt(own.variance + epsilonOf(attributes));
      for (const offset of offsets) y[offset] = (values[offset]! - own.mean) * factor + shifts[channel]!;
    });
    return types.map((type, index) => tensorOf(type, [y, runningMeans, runningVariances][index]!));
  },
  gradient: (context) =>
    isTraining(context.node.attributes) ? trainingGradient(context) : fixedGradient(context),
  decompose: (context) => {
    const { graph, node, type } = context;
    const [x, scale, b] = node.inputs as [ValueName, ValueName, ValueName];
    const rank = type(x).shape.length;
    const { mean, variance } = momentsOf(context);
    const factor = graph.add('Mul', [scale, inverseRoot(graph, variance, epsilonOf(node.attributes))]);
    const centred = graph.add('Sub', [x, alongChannels(graph, mean, rank)]);
    const scaled = graph.add('Mul', [centred, alongChannels(graph, factor, rank)]);
    const y = graph.add('Add', [scaled, alongChannels(graph, b, rank)]);
    if (!isTraining(node.attributes)) return [y];
    return [y, running(context, 3, mean), running(context, 4, variance)];
  },
  flops: ([x], _, attributes) => (isTraining(attributes) ? 7 : 2) * elementCount(x!.shape),
};

/** The statistics that X is normalised by: its own in training, else those given. */
function momentsOf({ graph, node, type }: DecomposeContext): { mean: ValueName; variance: ValueName } {
  const x = node.inputs[0]!;
  if (!isTraining(node.attributes)) return { mean: node.inputs[3]!, variance: node.inputs[4]! };
  const rank = type(x).shape.length;
  const mean = channelMean(graph, x, rank);
  const centred = graph.add('Sub', [x, alongChannels(graph, mean, rank)]);
  return { mean, variance: channelMean(graph, graph.add('Mul', [centred, centred]), rank) };
}

function channelMean(graph: DecomposeContext['graph'], value: ValueName, rank: number): ValueName {
  const mean = graph.add('ReduceMean', [value], {
    axes: otherThanChannels(rank),
    keepdims: rank === 1 ? 1 : 0,
  });
  return mean;
}

function running({ graph, node }: DecomposeContext, input: number, own: ValueName): ValueName {
  const momentum = momentumOf(node.attributes);
  if (momentum === 0) return own;
  const kept = graph.add('Mul', [node.inputs[input]!, graph.scalar(momentum)]);
  return graph.add('Add', [kept, graph.add('Mul', [own, graph.scalar(1 - momentum)])]);
}

function trainingGradient(context: GradientContext): readonly (ValueName | undefined)[] {
  const { graph, node, needs, outputGradients, type } = context;
  const [x, scale] = node.inputs as [ValueName, ValueName];
  const [dy, dRunningMean, dRunningVariance] = outputGradients;
  const momentum = momentumOf(node.attributes);
  const kept = (gradient: ValueName | undefined) =>
    gradient && graph.add('Mul', [gradient, graph.scalar(momentum)]);
  const attributes = { epsilon: epsilonOf(node.attributes) };
  const wanted = needs[1] || needs[2] ? 3 : 1;
  const [dx, dScale, dB] =
    dy === undefined ? [] : graph.addMany('BatchNormalizationGrad', [dy, x, scale], attributes, wanted);
  const parts = dx === undefined ? [] : [dx];
  if (needs[0] && (dRunningMean !== undefined || dRunningVariance !== undefined)) {
    const rank = type(x).shape.length;
    const mean = channelMean(graph, x, rank);
    const centred = graph.add('Sub', [x, alongChannels(graph, mean, rank)]);
    const count = graph.add('Cast', [graph.add('Div', [graph.add('Size', [x]), graph.add('Size', [mean])])], {
      to: 'float32',
    });
    const share = (gradient: ValueName, factor: number) =>
      alongChannels(
        graph,
        graph.add('Div', [graph.add('Mul', [gradient, graph.scalar(factor * (1 - momentum))]), count]),
        rank,
      );
    if (dRunningVariance !== undefined) parts.push(graph.add('Mul', [centred, share(dRunningVariance, 2)]));
    if (dRunningMean !== undefined) {
      const nothing = graph.add('Mul', [x, graph.scalar(0)]);
      parts.push(graph.add('Add', [nothing, share(dRunningMean, 1)]));
    }
  }
  return [
    needs[0] && parts.length > 0 ? parts.reduce((sum, part) => graph.add('Add', [sum, part])) : undefined,
    dScale,
    dB,
    kept(dRunningMean),
    kept(dRunningVariance),
  ];
}

/** In inference the statistics are inputs like the others. */
function fixedGradient({ graph, node, needs, outputGradients, type }: GradientContext) {
  const [x, scale, , mean, variance] = node.inputs as [ValueName, ValueName, ValueName, ValueName, ValueName];
  const dy = outputGradients[0]!;
  const rank = type(x).shape.length;
  const inverse = inverseRoot(graph, variance, epsilonOf(node.attributes));
  const factor = graph.add('Mul', [scale, inverse]);
  const summed = (value: ValueName) =>
    graph.add('ReduceSum', [value, graph.integers(otherThanChannels(rank))], {
      keepdims: rank === 1 ? 1 : 0,
    });
  const dB = needs[2] || needs[3] ? summed(dy) : undefined;
  const slope = () => {
    const centred = graph.add('Sub', [x, alongChannels(graph, mean, rank)]);
    return graph.add('Mul', [summed(graph.add('Mul', [dy, centred])), inverse]);
  };
  const dScale = needs[1] || needs[4] ? slope() : undefined;
  const half = () => {
    const square = graph.add('Mul', [factor, inverse]);
    return graph.add('Mul', [graph.add('Mul', [square, dScale!]), graph.scalar(-0.5)]);
  };
  return [
    needs[0] ? graph.add('Mul', [dy, alongChannels(graph, factor, rank)]) : undefined,
    needs[1] ? dScale : undefined,
    needs[2] ? dB : undefined,
    needs[3] ? graph.add('Neg', [graph.add('Mul', [factor, dB!])]) : undefined,
    needs[4] ? half() : undefined,
  ];
}
