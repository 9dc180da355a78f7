import type { KerasLayer } from './read-topology.ts';

/** Names that a spec allows, for the names of the file: letters, digits and _, not a digit first; distinct. */
export function layerNames(layers: readonly KerasLayer[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name } of layers) {
    const plain = name
      .replaceAll(/[^A-Za-z0-9_]/g, '_')
      .replace(/^(?=[^A-Za-z_])/, '_')
      .slice(0, 56);
    let candidate = plain === '' ? 'layer' : plain;
    for (let serial = 2; taken.has(candidate); serial += 1) candidate = `${plain}_${serial}`;
    taken.add(candidate);
    names.set(name, candidate);
  }
  return names;
}
