import { pythonFloat, pythonTuple } from './python.ts';
import { integerAttribute, required, type Statement, sizes, type Translation } from './statement.ts';

const epsilon = (statement: Statement) => `eps=${pythonFloat(integerAttribute(statement, 'epsilon', 1e-5))}`;

/** With its running moments: exported graphs are those of inference. */
export const batchNormalization: Translation = (statement) => {
  if (statement.node.outputs.length > 1 || integerAttribute(statement, 'training_mode', 0) !== 0)
    return undefined;
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((index) => required(statement, index));
  return `F.batch_norm(${x}, ${mean}, ${variance}, ${scale}, ${bias}, ${epsilon(statement)})`;
};

export const layerNormalization: Translation = (statement) => {
  if (statement.node.outputs.length > 1) return undefined;
  const { shape } = statement.inputType(0);
  const axis = integerAttribute(statement, 'axis', -1);
  const over = shape.slice(axis < 0 ? axis + shape.length : axis);
  const bias = statement.input(2);
  // F.layer_norm takes weights of exactly the normalised shape; ONNX lets them broadcast.
  const whole = [1, ...(bias === undefined ? [] : [2])].every((index) => {
    return statement.inputType(index).shape.join() === over.join();
  });
  if (!whole || over.some((dim) => typeof dim !== 'number')) return undefined;
  const weights = [required(statement, 1), ...(bias === undefined ? [] : [bias])];
  return `F.layer_norm(${[required(statement, 0), pythonTuple(sizes(over)), ...weights, epsilon(statement)].join(', ')})`;
};

export const instanceNormalization: Translation = (statement) => {
  const [x, scale, bias] = [0, 1, 2].map((index) => required(statement, index));
  return `F.instance_norm(${x}, weight=${scale}, bias=${bias}, ${epsilon(statement)})`;
};

export const groupNormalization: Translation = (statement) => {
  const channels = statement.inputType(0).shape[1];
  if (statement.inputType(1).shape[0] !== channels) return undefined;
  const [x, scale, bias] = [0, 1, 2].map((index) => required(statement, index));
  return `F.group_norm(${x}, ${integerAttribute(statement, 'num_groups', 1)}, ${scale}, ${bias}, ${epsilon(statement)})`;
};
