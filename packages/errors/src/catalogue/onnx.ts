import type { CatalogueEntry } from '../entry.ts';

/** Models that are imported: ONNX files, and what is kept of them. `details.node` is the node, `details.op` its operator. */
export const onnxErrors = {
  MODEL_NOT_FOUND: {
    status: 404,
    message: 'There is no imported model {model}',
    advice: 'List the models with GET /v1/models or `descent models ls`.',
    retryable: false,
  },
  ONNX_INVALID: {
    status: 422,
    message: 'This is no ONNX model that can be read: {problem}',
    advice: 'Check the file with `onnx.checker.check_model`; a transfer in text mode damages it.',
    retryable: false,
  },
  ONNX_TOO_LARGE: {
    status: 413,
    message: 'The ONNX model is too large: {what}: {actual}, at most {limit}',
    advice:
      'Export without training information and with raw tensor data; leave out what the output does not need.',
    retryable: false,
  },
  ONNX_EXTERNAL_DATA: {
    status: 422,
    message: 'The values of {where} are in another file, which is never opened',
    advice: 'Save the model as one file: `onnx.save_model(model, path, save_as_external_data=False)`.',
    retryable: false,
  },
  ONNX_TYPE_UNSUPPORTED: {
    status: 422,
    message: '{where} has elements of the ONNX type {type}, which is not supported',
    advice: 'Models compute with float32, int64, int32, uint8 and bool; cast the value before the export.',
    retryable: false,
  },
  ONNX_OPSET_UNSUPPORTED: {
    status: 422,
    message:
      'The model is written for version {version} of the operator set "{domain}"; {supported} can be imported',
    advice: 'Export with `opset_version=17`.',
    retryable: false,
  },
  ONNX_OPERATORS_UNSUPPORTED: {
    status: 422,
    message: 'The model uses operators that Descent does not have: {operators}',
    advice:
      'docs/operators.md lists what works; `details.unsupported` lists every node. Replace these parts of the model.',
    retryable: false,
  },
  ONNX_NODE_INVALID: {
    status: 422,
    message: 'Node "{node}" ({op}): {problem}',
    advice: 'The node and its operator are those of the ONNX file; Netron (netron.app) shows it there.',
    retryable: false,
  },
  ONNX_GRAPH_INVALID: {
    status: 422,
    message: 'The graph of the ONNX model cannot become a model spec: {problem}',
    advice:
      'Name the output to train on with `output`, and shapes that the file leaves open with `inputShapes`.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
