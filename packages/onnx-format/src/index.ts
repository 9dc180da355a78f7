export { type AttributeValues, type OnnxAttribute, readAttribute } from './attribute.ts';
export { type DecodeLimits, decodeMessage, defaultDecodeLimits } from './decode-message.ts';
export { dtypeOfOnnx, elementTypes, onnxTypeName } from './element-types.ts';
export { encodeMessage } from './encode-message.ts';
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  Message,
  MessageDraft,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from './message-types.ts';
export { attributeTypes, type MessageName, messages } from './messages.ts';
export { readTensor } from './read-tensor.ts';
export { tensorProto } from './write-tensor.ts';
