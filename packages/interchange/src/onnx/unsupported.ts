import { DescentError } from '@descent/errors';
import type { ModelProto, NodeProto } from '@descent/onnx-format';
import { functionFor, functionsOf } from './functions.ts';
import { importerOf } from './operators/index.ts';

/** Computed while importing, by unrolling. */
export const controlFlowOperators: readonly string[] = ['If', 'Loop', 'Scan'];

/**
 * Looks at every node, those of sub-graphs and functions included, before anything is built.
 *
 * @throws DescentError ONNX_OPERATORS_UNSUPPORTED with all operators that are missing and the nodes that use them
 */
export function refuseUnsupported(model: ModelProto): void {
  const functions = functionsOf(model);
  const found = new Map<string, string[]>();
  const look = (protos: readonly NodeProto[]) => {
    for (const proto of protos) {
      const name = proto.name || proto.output[0] || '';
      const domain = proto.domain === 'ai.onnx' ? '' : (proto.domain ?? '');
      const op = proto.opType ?? '';
      const key = { op, domain };
      const known =
        functionFor(functions, key) !== undefined ||
        (domain === '' && (controlFlowOperators.includes(op) || importerOf(op) !== undefined));
      if (!known) {
        const full = domain === '' ? op : `${domain}.${op}`;
        found.set(full, [...(found.get(full) ?? []), name]);
      }
      for (const { g } of proto.attribute) if (g !== undefined) look(g.node);
    }
  };
  look(model.graph?.node ?? []);
  for (const { node } of model.functions) look(node);
  if (found.size === 0) return;
  const unsupported = [...found].map(([operator, nodes]) => ({ operator, nodes }));
  throw new DescentError('ONNX_OPERATORS_UNSUPPORTED', {
    operators: unsupported.map(({ operator, nodes }) => `${operator} (${listed(nodes)})`).join('; '),
    unsupported,
  });
}

function listed(nodes: readonly string[]): string {
  const shown = nodes.slice(0, 4).map((name) => `"${name}"`);
  const more = nodes.length - shown.length;
  return `node${nodes.length === 1 ? '' : 's'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
