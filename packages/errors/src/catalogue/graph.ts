import type { CatalogueEntry } from '../entry.ts';

/** Computation graphs: building, differentiating and evaluating them. */
export const graphErrors = {
  GRAPH_SHAPE_MISMATCH: {
    status: 422,
    message: 'Node "{node}" ({op}): {problem}',
    advice: '`details.shapes` holds the shapes of all inputs of the node; correct the one that does not fit.',
    retryable: false,
  },
  GRAPH_DTYPE_MISMATCH: {
    status: 422,
    message: 'Node "{node}" ({op}): input {input} is {actual}, but {expected} belongs there',
    advice: 'Insert a `Cast`, or feed another value.',
    retryable: false,
  },
  GRAPH_INPUTS_INVALID: {
    status: 422,
    message: 'Node "{node}" ({op}): {problem}',
    advice:
      'Give the inputs of the ONNX operator in its order; an absent optional input is the empty string.',
    retryable: false,
  },
  GRAPH_ATTRIBUTE_INVALID: {
    status: 422,
    message: 'Node "{node}" ({op}): attribute "{attribute}" {problem}',
    advice: 'The attributes are those of the ONNX operator of that name, opset 17.',
    retryable: false,
  },
  GRAPH_OPERATION_UNKNOWN: {
    status: 422,
    message: 'Node "{node}": there is no operation "{op}"',
    advice: 'Operations have the names of ONNX operators, opset 17; `details.didYouMean` holds the nearest.',
    retryable: false,
  },
  GRAPH_VALUE_UNKNOWN: {
    status: 422,
    message: '"{user}" refers to the value "{value}", which the graph does not have',
    advice: 'Values are inputs, parameters, states, constants and outputs of nodes that come before.',
    retryable: false,
  },
  GRAPH_NAME_TAKEN: {
    status: 422,
    message: 'The name "{name}" is used twice in the graph',
    advice: 'Every input, parameter, state, constant, node and output needs a name of its own.',
    retryable: false,
  },
  GRAPH_SHAPE_INVALID: {
    status: 422,
    message: '"{value}" has the shape {shape}, which is not one: {problem}',
    advice: 'A dimension is a positive integer, "batch", or a multiple of it such as "64*batch".',
    retryable: false,
  },
  GRAPH_NOT_DIFFERENTIABLE: {
    status: 422,
    message: 'The gradient of "{loss}" cannot be derived: {problem}',
    advice:
      'The loss must be one float32 number that depends on the parameters by differentiable operations.',
    retryable: false,
  },
  GRAPH_FEED_INVALID: {
    status: 422,
    message: 'The value fed as "{value}" does not fit: {problem}',
    advice: 'Feed every input, parameter and state of the graph, in its shape and dtype.',
    retryable: false,
  },
  GRAPH_INDEX_OUT_OF_RANGE: {
    status: 422,
    message: '{op} got the index {index} for an axis of size {size}',
    advice: 'Labels and indices count from 0 and must be smaller than the number of classes or rows.',
    retryable: false,
  },
  EXPLAIN_TOO_LARGE: {
    status: 422,
    message: 'Explaining this takes {actual} {what}; the limit is {limit}: {remedy}',
    advice: 'Explain fewer samples (`details.fits`), or only some nodes (`nodes`), or a smaller model.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
