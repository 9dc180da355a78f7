import type { LayerSpec, ModelSpec, NodeSpec } from '@descent/contracts';
import { type FieldPath, formatPath, lossesOf } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { lossPath } from './losses/loss-path.ts';

/** The one name space of a model. */
export interface Names {
  /** Of each layer, in order: its own, or the first free `<type>_<n>`. */
  readonly layers: readonly string[];
  /** What a layer may read: inputs, layers and nodes. */
  readonly features: ReadonlySet<string>;
  /** What a node may read: those, parameters, states and constants. */
  readonly values: ReadonlySet<string>;
}

/** @throws DescentError SPEC_DUPLICATE_NAME */
export function nameEverything(spec: ModelSpec, at: FieldPath): Names {
  const owners = new Map<string, string>();
  const claim = (name: string, path: FieldPath) => claimName(owners, name, [...at, ...path]);

  for (const name of Object.keys(spec.inputs)) claim(name, ['inputs', name]);
  const labels = new Set<string>();
  lossesOf(spec).forEach((loss, index) => {
    if (!('labels' in loss) || Object.hasOwn(spec.inputs, loss.labels) || labels.has(loss.labels)) return;
    labels.add(loss.labels);
    claim(loss.labels, [...lossPath(spec, index), 'labels']);
  });
  for (const name of Object.keys(spec.parameters ?? {})) claim(name, ['parameters', name]);
  for (const name of Object.keys(spec.states ?? {})) claim(name, ['states', name]);
  for (const name of Object.keys(spec.constants ?? {})) claim(name, ['constants', name]);
  spec.nodes?.forEach(({ name }, index) => {
    claim(name, ['nodes', index, 'name']);
  });
  for (const name of Object.keys(spec.functions ?? {})) claim(name, ['functions', name]);
  const layers = nameLayers(spec.layers ?? [], [...at, 'layers'], owners);
  const features = new Set([
    ...Object.keys(spec.inputs),
    ...layers,
    ...(spec.nodes ?? []).flatMap(outputNames),
  ]);
  return {
    layers,
    features,
    values: new Set([
      ...features,
      ...Object.keys(spec.parameters ?? {}),
      ...Object.keys(spec.states ?? {}),
      ...Object.keys(spec.constants ?? {}),
    ]),
  };
}

/** Names under which the outputs of a node are read. A colon is no part of a node's name, so they are free. */
export function outputNames({ name, outputs = 1 }: NodeSpec): readonly string[] {
  return Array.from({ length: outputs }, (_, index) => (index === 0 ? name : `${name}:${index}`));
}

/**
 * The names of a list of layers: their own, or the first free `<type>_<n>`. The copies of a repeat have names too.
 *
 * @param owners names that are taken, with the place that took them; the layers' are added
 * @throws DescentError SPEC_DUPLICATE_NAME
 */
export function nameLayers(
  layers: readonly LayerSpec[],
  path: FieldPath,
  owners: Map<string, string>,
): readonly string[] {
  const claimLayer = (layer: LayerSpec, name: string, place: FieldPath) => {
    claimName(owners, name, place);
    if (layer.type !== 'repeat') return;
    for (let copy = 1; copy <= layer.times; copy += 1) claimName(owners, `${name}_${copy}`, place);
  };
  layers.forEach((layer, index) => {
    if (layer.name !== undefined) claimLayer(layer, layer.name, [...path, index, 'name']);
  });
  // After all given names, so that a layer without a name never takes one that a later layer has.
  const serials = new Map<string, number>();
  return layers.map((layer, index) => {
    if (layer.name !== undefined) return layer.name;
    const { type } = layer;
    let serial = serials.get(type) ?? 0;
    let derived: string;
    do {
      serial += 1;
      derived = `${type}_${serial}`;
    } while (owners.has(derived));
    serials.set(type, serial);
    claimLayer(layer, derived, [...path, index]);
    return derived;
  });
}

function claimName(owners: Map<string, string>, name: string, path: FieldPath): void {
  const place = formatPath(path);
  const other = owners.get(name);
  if (other !== undefined) throw new DescentError('SPEC_DUPLICATE_NAME', { path: place, name, other });
  owners.set(name, place);
}
