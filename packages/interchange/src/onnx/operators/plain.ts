import {
  type Attributes,
  type AttributeValue,
  type OnnxOperationName,
  onnxOperations,
} from '@descent/autodiff';
import type { OnnxAttribute } from '@descent/onnx-format';
import { nodeError } from '../import-error.ts';
import type { OnnxNode } from '../read-graph.ts';
import type { Value } from '../value.ts';
import type { OperatorContext } from './operator.ts';

/** An operator that the graph has under the same name and with the same inputs. */
export function plain(context: OperatorContext): readonly Value[] {
  return emitNode(context, context.node.op, context.inputs, attributesOf(context.node));
}

/** Adds the node under its own name, with as many outputs as are read. */
export function emitNode(
  { node, emitter, name, outputs }: OperatorContext,
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
): readonly Value[] {
  return emitter.emit(operationNamed(node, op), trimmed(inputs), attributes, { outputs, name });
}

export function isOperation(op: string): op is OnnxOperationName {
  return Object.hasOwn(onnxOperations, op);
}

/** What importers say the graph has; `supports` has looked before. */
export function operationNamed(node: OnnxNode, op: string): OnnxOperationName {
  if (isOperation(op)) return op;
  throw nodeError(node.place, `needs the operation ${op}, which the computation graph does not have`);
}

/** Attributes as the graph holds them. Those of `without` are dealt with by the caller. */
export function attributesOf(node: OnnxNode, without: readonly string[] = []): Attributes {
  const result: Record<string, AttributeValue> = {};
  for (const [name, attribute] of node.attributes) {
    if (!without.includes(name)) result[name] = plainValue(node, name, attribute);
  }
  return result;
}

function plainValue(node: OnnxNode, name: string, attribute: OnnxAttribute): AttributeValue {
  switch (attribute.kind) {
    case 'integer':
    case 'real':
    case 'integers':
    case 'reals':
    case 'text':
    case 'texts':
      return attribute.value;
    case 'tensor':
    case 'graph':
    case 'reference':
      throw nodeError(
        node.place,
        `attribute "${name}" holds a ${attribute.kind}, which this operator does not take`,
      );
    default:
      return attribute satisfies never;
  }
}

/** An absent optional input at the end is one that is not there. */
function trimmed(inputs: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const last = inputs.findLastIndex((input) => input !== undefined);
  return inputs.slice(0, last + 1);
}
