import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import type { AttributeProto, GraphProto } from './message-types.ts';
import { attributeTypes } from './messages.ts';
import { readTensor } from './read-tensor.ts';

export interface AttributeValues {
  readonly integer: number;
  readonly real: number;
  readonly integers: readonly number[];
  readonly reals: readonly number[];
  readonly text: string;
  readonly texts: readonly string[];
  readonly tensor: Tensor;
  readonly graph: GraphProto;
  /** Inside a function: the name of the attribute of the call. */
  readonly reference: string;
}

/** The value of an attribute. Sparse tensors and types are none that we read. */
export type OnnxAttribute = {
  readonly [Kind in keyof AttributeValues]: { readonly kind: Kind; readonly value: AttributeValues[Kind] };
}[keyof AttributeValues];

/**
 * Reads an attribute. Integers beyond ±2⁵³ become ±2⁵³ − 1: ONNX files write the largest int64 for "up to the end".
 *
 * @param where names the node in errors
 */
export function readAttribute(proto: AttributeProto, where: string): OnnxAttribute {
  if (proto.refAttrName !== undefined && proto.refAttrName !== '') {
    return { kind: 'reference', value: proto.refAttrName };
  }
  const lacks = (what: string) =>
    new DescentError('ONNX_INVALID', { problem: `${where}: attribute "${proto.name ?? ''}" has ${what}` });
  switch (proto.type ?? guessType(proto)) {
    case attributeTypes.float:
      return { kind: 'real', value: proto.f ?? 0 };
    case attributeTypes.int:
      return { kind: 'integer', value: clamped(proto.i ?? 0) };
    case attributeTypes.string:
      return { kind: 'text', value: textOf(proto.s ?? new Uint8Array()) };
    case attributeTypes.tensor:
      if (proto.t === undefined) throw lacks('no tensor');
      return { kind: 'tensor', value: readTensor(proto.t, `${where}, attribute "${proto.name ?? ''}"`) };
    case attributeTypes.graph:
      if (proto.g === undefined) throw lacks('no graph');
      return { kind: 'graph', value: proto.g };
    case attributeTypes.floats:
      return { kind: 'reals', value: proto.floats };
    case attributeTypes.ints:
      return { kind: 'integers', value: proto.ints.map(clamped) };
    case attributeTypes.strings:
      return { kind: 'texts', value: proto.strings.map(textOf) };
    default:
      throw lacks(`the type ${proto.type}, which is not supported`);
  }
}

/** Files of IR version 1 have no type. */
function guessType(proto: AttributeProto): number | undefined {
  if (proto.ints.length > 0) return attributeTypes.ints;
  if (proto.floats.length > 0) return attributeTypes.floats;
  if (proto.strings.length > 0) return attributeTypes.strings;
  if (proto.i !== undefined) return attributeTypes.int;
  if (proto.f !== undefined) return attributeTypes.float;
  if (proto.s !== undefined) return attributeTypes.string;
  if (proto.t !== undefined) return attributeTypes.tensor;
  return proto.g === undefined ? undefined : attributeTypes.graph;
}

function clamped(value: number | bigint): number {
  const limit = Number.MAX_SAFE_INTEGER;
  return Math.min(Math.max(Number(value), -limit), limit);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
