import type { CatalogueEntry } from '../entry.ts';

/** Model specs that are well-formed JSON but no model. `details.path` is the field, `details.layer` the layer or node. */
export const specErrors = {
  SPEC_UNKNOWN_LAYER: {
    status: 422,
    message: '{path}: {problem}',
    advice: 'docs/model-spec.md lists the layers; `details.didYouMean` holds the nearest name.',
    retryable: false,
  },
  SPEC_UNKNOWN_OPERATION: {
    status: 422,
    message: '{path}: there is no operation "{op}"{hint}',
    advice: 'Nodes have the names of ONNX operators, opset 17; docs/model-spec.md lists those that work.',
    retryable: false,
  },
  SPEC_UNKNOWN_VALUE: {
    status: 422,
    message: '{path}: there is no input, layer or node "{name}"{hint}',
    advice: 'Name a model input, a layer, a node, a parameter or a constant of this spec.',
    retryable: false,
  },
  SPEC_SHAPE_MISMATCH: {
    status: 422,
    message: 'Layer "{layer}" ({path}): {problem}',
    advice:
      'Shapes of layers are written without the batch axis, those of nodes with it; correct this one or one before it.',
    retryable: false,
  },
  SPEC_WINDOW_TOO_LARGE: {
    status: 422,
    message: 'Layer "{layer}" ({path}): a window of {window} does not fit into its input of {input}',
    advice: 'Use a smaller window, `padding: "same"`, or fewer pooling layers before.',
    retryable: false,
  },
  SPEC_LAYER_INVALID: {
    status: 422,
    message: 'Layer "{layer}" ({path}): {problem}',
    advice: 'docs/model-spec.md says what each layer takes.',
    retryable: false,
  },
  SPEC_NODE_INVALID: {
    status: 422,
    message: 'Node "{layer}" ({path}): {problem}',
    advice: 'Inputs and attributes are those of the ONNX operator of that name, opset 17.',
    retryable: false,
  },
  SPEC_CONSTANT_INVALID: {
    status: 422,
    message: '{path}: {problem}',
    advice:
      'Give as many values as the shape has elements, in row-major order; int64 values are whole numbers.',
    retryable: false,
  },
  SPEC_DUPLICATE_NAME: {
    status: 422,
    message: '{path}: the name "{name}" is already used by {other}',
    advice: 'Inputs, layers, nodes, parameters, constants and labels share one name space.',
    retryable: false,
  },
  SPEC_CYCLE: {
    status: 422,
    message: '{path}: the model runs in a circle: {cycle}',
    advice: 'A model is an acyclic graph; remove one of the connections of the circle.',
    retryable: false,
  },
  SPEC_UNUSED: {
    status: 422,
    message: '{path}: the loss does not depend on {what} "{name}"',
    advice: 'Connect it or remove it; a name that was misspelt elsewhere often leaves a part unused.',
    retryable: false,
  },
  SPEC_EMPTY: {
    status: 422,
    message: '{path}: {problem}',
    advice: 'A model needs at least one input, one layer or node, and one trainable parameter.',
    retryable: false,
  },
  SPEC_PREDICTION_UNCLEAR: {
    status: 422,
    message: 'loss.prediction: several values could be the prediction ({candidates})',
    advice: 'Name one of them as `loss.prediction`.',
    retryable: false,
  },
  SPEC_LOSS_INVALID: {
    status: 422,
    message: '{path}: {problem}; expected {expected}, got {actual}',
    advice: 'docs/model-spec.md says which prediction and which labels each loss takes.',
    retryable: false,
  },
  SPEC_SOFTMAX_TWICE: {
    status: 422,
    message: 'Layer "{layer}" ({path}) ends in {activation}, but {loss} takes logits',
    advice:
      'Remove that activation: the loss applies it itself, in a form that stays exact; predictions still come as probabilities.',
    retryable: false,
  },
  SPEC_METRIC_INVALID: {
    status: 422,
    message: '{path}: {problem}',
    advice: 'docs/model-spec.md says which metrics go with which loss, and what they can be told.',
    retryable: false,
  },
  SPEC_TOO_LARGE: {
    status: 422,
    message: '{path}: {what} is {actual}; at most {limit} are allowed',
    advice: 'Nothing was allocated. Make this layer smaller, or ask who runs the service to raise the limit.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
