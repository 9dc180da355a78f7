import { DescentError } from '@descent/errors';
import {
  type AttributeValues,
  type NodeProto,
  type OnnxAttribute,
  readAttribute,
} from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';
import type { NodePlace } from './import-error.ts';

/** A node of the file with its attributes read. */
export interface OnnxNode {
  readonly place: NodePlace;
  readonly op: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  /** '' where an optional input is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/**
 * @param given attributes of the function call that the node is in the body of; undefined outside of functions
 */
export function readNode(proto: NodeProto, given?: ReadonlyMap<string, OnnxAttribute>): OnnxNode {
  const op = proto.opType ?? '';
  const name = proto.name === undefined || proto.name === '' ? (proto.output[0] ?? '') : proto.name;
  const place = { node: name, op };
  const attributes = new Map<string, OnnxAttribute>();
  for (const attribute of proto.attribute) {
    const read = readAttribute(attribute, `node "${name}" (${op})`);
    if (read.kind !== 'reference') attributes.set(attribute.name ?? '', read);
    else {
      const value = given?.get(read.value);
      // A call that leaves an attribute out leaves it out of the body as well.
      if (value !== undefined) attributes.set(attribute.name ?? '', value);
    }
  }
  const domain = proto.domain === 'ai.onnx' ? '' : (proto.domain ?? '');
  return { place, op, domain, inputs: proto.input, outputs: proto.output, attributes };
}

function attribute<Kind extends keyof AttributeValues>(
  { place, attributes }: OnnxNode,
  name: string,
  kind: Kind,
): AttributeValues[Kind] | undefined {
  const found = attributes.get(name);
  if (found === undefined) return undefined;
  if (found.kind === kind) return found.value as AttributeValues[Kind];
  throw new DescentError('ONNX_NODE_INVALID', {
    ...place,
    problem: `attribute "${name}" is of kind ${found.kind}, not ${kind}`,
  });
}

export const integerOf = (node: OnnxNode, name: string): number | undefined =>
  attribute(node, name, 'integer');
export const realOf = (node: OnnxNode, name: string): number | undefined => attribute(node, name, 'real');
export const textOf = (node: OnnxNode, name: string): string | undefined => attribute(node, name, 'text');
export const integersOf = (node: OnnxNode, name: string): readonly number[] | undefined =>
  attribute(node, name, 'integers');
export const realsOf = (node: OnnxNode, name: string): readonly number[] | undefined =>
  attribute(node, name, 'reals');
export const tensorOf = (node: OnnxNode, name: string): Tensor | undefined => attribute(node, name, 'tensor');
export const graphOf = (node: OnnxNode, name: string) => attribute(node, name, 'graph');
