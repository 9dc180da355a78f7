import type { Dtype } from '@descent/tensors';
import type { Node } from '../graph.ts';
import { text } from './attributes.ts';
import { wrongAttribute } from './refuse.ts';

const targets: readonly Dtype[] = ['float32', 'float64', 'int64', 'int32', 'uint8', 'bool'];

/** A dtype given by name where ONNX has its number. */
export function dtypeOrRefuse(
  node: Pick<Node, 'name' | 'op' | 'attributes'>,
  attribute: string,
  missing: Dtype,
): Dtype {
  const given = text(node.attributes, attribute, missing);
  const dtype = targets.find((target) => target === given);
  if (dtype === undefined) throw wrongAttribute(node, attribute, `must be one of ${targets.join(', ')}`);
  return dtype;
}
