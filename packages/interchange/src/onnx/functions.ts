import { DescentError } from '@descent/errors';
import type { FunctionProto, ModelProto, OnnxAttribute } from '@descent/onnx-format';
import { readAttribute } from '@descent/onnx-format';
import type { OnnxNode } from './read-graph.ts';

/** A model's own functions, by domain and name. */
export type Functions = ReadonlyMap<string, FunctionProto>;

export function functionsOf({ functions }: ModelProto): Functions {
  return new Map(functions.map((one) => [keyOf(one.domain ?? '', one.name ?? ''), one]));
}

export function functionFor(
  functions: Functions,
  { domain, op }: Pick<OnnxNode, 'domain' | 'op'>,
): FunctionProto | undefined {
  return functions.get(keyOf(domain, op));
}

/** What `refAttrName` in the body stands for: the attributes of the call over the defaults of the function. */
export function callAttributes(
  { place, attributes }: OnnxNode,
  { attribute, attributeProto }: FunctionProto,
): ReadonlyMap<string, OnnxAttribute> {
  const where = `function ${place.op}`;
  const defaults = attributeProto.map((one) => [one.name ?? '', readAttribute(one, where)] as const);
  const known = new Set([...attribute, ...defaults.map(([name]) => name)]);
  for (const name of attributes.keys()) {
    if (known.has(name)) continue;
    throw new DescentError('ONNX_NODE_INVALID', {
      ...place,
      problem: `the function has no attribute "${name}"`,
    });
  }
  return new Map([...defaults, ...attributes]);
}

function keyOf(domain: string, name: string): string {
  return `${domain === 'ai.onnx' ? '' : domain}:${name}`;
}
