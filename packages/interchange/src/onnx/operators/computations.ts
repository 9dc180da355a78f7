import { dtypeOfOnnx, onnxTypeName } from '@descent/onnx-format';
import { scalar } from '../emitter.ts';
import { nodeError } from '../import-error.ts';
import { integerOf, realOf } from '../read-graph.ts';
import { constantOf, type Value } from '../value.ts';
import { knownTensors } from './constants.ts';
import type { OperatorImporter } from './operator.ts';
import { attributesOf, emitNode, operationNamed, plain } from './plain.ts';
import { axesOf, reshapeTo } from './shapes.ts';

/** Floating point of any width is float32 here. */
export const cast: OperatorImporter = (context) => {
  const { node, inputs, emitter, name } = context;
  const number = integerOf(node, 'to');
  const to = dtypeOfOnnx(number);
  if (to === undefined)
    throw nodeError(node.place, `casts to ${onnxTypeName(number)}, which is not supported`);
  const input = inputs[0]!;
  if (emitter.type(input).dtype === to) return [input];
  return emitter.emit('Cast', [input], { to }, { name });
};

/** The dtype is a number in the file and a name in the graph. */
export const eyeLike: OperatorImporter = (context) => {
  const { node, inputs } = context;
  const number = integerOf(node, 'dtype');
  const rest = attributesOf(node, ['dtype']);
  const dtype = dtypeOfOnnx(number);
  return emitNode(context, node.op, inputs, dtype === undefined ? rest : { ...rest, dtype });
};

export const castLike: OperatorImporter = ({ inputs, emitter, name }) => {
  const [input, like] = inputs as readonly [Value, Value];
  const { dtype } = emitter.type(like);
  if (emitter.type(input).dtype === dtype) return [input];
  return emitter.emit('Cast', [input], { to: dtype }, { name });
};

/** Bounds became inputs in opset 11. */
export const clip: OperatorImporter = (context) => {
  const { node, inputs, opset } = context;
  if (opset >= 11) return plain(context);
  const [low, high] = [realOf(node, 'min'), realOf(node, 'max')];
  return emitNode(
    context,
    'Clip',
    [inputs[0], low === undefined ? undefined : scalar(low), high === undefined ? undefined : scalar(high)],
    {},
  );
};

/** Before opset 13 all axes from `axis` on were one; the default was 1. */
export const softmax: OperatorImporter = (context) => {
  const { node, inputs, opset, emitter } = context;
  const [input] = inputs as readonly [Value];
  if (opset >= 13) return plain(context);
  const { shape } = emitter.type(input);
  const given = integerOf(node, 'axis') ?? 1;
  const axis = given < 0 ? given + shape.length : given;
  if (axis === shape.length - 1) return emitNode(context, node.op, [input], { axis: -1 });
  const flat = emitter.emit('Flatten', [input], { axis })[0]!;
  const result = emitter.emit(operationNamed(node, node.op), [flat], { axis: -1 })[0]!;
  const back = reshapeTo(emitter, result, shape, context.name);
  if (back === undefined) throw nodeError(node.place, `cannot be computed on [${shape.join(', ')}]`);
  return [back];
};

/** ReduceSum's axes became an input in opset 13, those of the others in 18. */
export const reduce: OperatorImporter = (context) => {
  const { node, inputs } = context;
  const attributes = attributesOf(node, ['axes', 'noop_with_empty_axes']);
  const axes = axesOf(context);
  const none = axes === undefined || axes.length === 0;
  if (none && integerOf(node, 'noop_with_empty_axes') === 1) return [inputs[0]!];
  return emitNode(context, node.op, [inputs[0]], none ? attributes : { ...attributes, axes });
};

export const reduceSum: OperatorImporter = (context) => {
  const { node, inputs, opset } = context;
  if (opset >= 13) return plain(context);
  const axes = axesOf(context);
  const list =
    axes === undefined
      ? undefined
      : {
          kind: 'known' as const,
          tensors: [
            { dtype: 'int64' as const, shape: [axes.length], data: BigInt64Array.from(axes, BigInt) },
          ],
        };
  return emitNode(context, 'ReduceSum', [inputs[0], list], attributesOf(node, ['axes']));
};

/** Upsample, and Resize before opset 11, measured from the corner of the first pixel and rounded down. */
export const resize: OperatorImporter = (context) => {
  const { node, inputs, opset } = context;
  if (opset >= 11 && node.op === 'Resize') return plain(context);
  const attributes = {
    ...attributesOf(node),
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  };
  return emitNode(context, 'Resize', [inputs[0], undefined, inputs[1]], attributes);
};

/** k became an input in opset 10. */
export const topK: OperatorImporter = (context) => {
  const { node, inputs, opset } = context;
  if (opset >= 10) return plain(context);
  const k = {
    kind: 'known' as const,
    tensors: [
      { dtype: 'int64' as const, shape: [1], data: BigInt64Array.of(BigInt(integerOf(node, 'k') ?? 0)) },
    ],
  };
  return emitNode(context, 'TopK', [inputs[0], k], attributesOf(node, ['k']));
};

/** Scatter was renamed in opset 11. */
export const scatter: OperatorImporter = (context) =>
  emitNode(context, 'ScatterElements', context.inputs, attributesOf(context.node));

/** Identity in inference; in training it drops elements. */
export const dropout: OperatorImporter = (context) => {
  const { node, inputs, opset, outputs } = context;
  if (outputs > 1) throw nodeError(node.place, 'its mask is read by another node, which is not supported');
  const ratio =
    opset < 12 ? realOf(node, 'ratio') : inputs[1] && Number(knownTensors(context, 1)[0]!.data[0]);
  return [context.dropout(inputs[0]!, ratio ?? 0.5)];
};

/** The moments are running averages, which training updates; see the option `batchNormalization`. */
export const batchNormalization: OperatorImporter = (context) => {
  const { node, inputs, outputs, opset } = context;
  if (opset < 9) throw nodeError(node.place, 'is of an opset before 9');
  if (outputs > 1) return plain(context);
  const [x, scale, shift, mean, variance] = inputs as readonly [Value, Value, Value, Value, Value];
  const momentum = realOf(node, 'momentum') ?? 0.9;
  const moments = [context.state(mean, momentum), context.state(variance, momentum)];
  const attributes = attributesOf(node, ['momentum', 'training_mode', 'spatial']);
  return emitNode(context, 'BatchNormalization', [x, scale, shift, ...moments], attributes);
};

/** Before opset 7 a vector of slopes was one for each channel, wherever that axis was. */
export const pRelu: OperatorImporter = (context) => {
  const { node, inputs, opset, emitter } = context;
  const { shape } = emitter.type(inputs[1]!);
  if (opset < 7 && shape.join() !== '1') throw nodeError(node.place, 'is of an opset before 7');
  return plain(context);
};

/** Initial states of zeros, and lengths that are all the whole sequence, are the defaults; the file has a batch size in them. */
export const recurrent: OperatorImporter = (context) => {
  const { node, inputs, emitter } = context;
  const [x, w, r, b, lengths, ...states] = inputs;
  const steps = emitter.type(x!).shape[integerOf(node, 'layout') === 1 ? 1 : 0];
  const full =
    constantOf(lengths)?.data.every((length: number | bigint) => Number(length) === steps) === true;
  const given = states.map((state) => (isZero(state) ? undefined : state));
  return emitNode(context, node.op, [x, w, r, b, full ? undefined : lengths, ...given], attributesOf(node));
};

function isZero(value: Value | undefined): boolean {
  return constantOf(value)?.data.every((element: number | bigint) => Number(element) === 0) === true;
}
