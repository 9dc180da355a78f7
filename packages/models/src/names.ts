import type { ModelSpec, NodeSpec } from '@descent/contracts';
import { type FieldPath, formatPath } from '@descent/contracts';
import { DescentError } from '@descent/errors';

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
  const claim = (name: string, path: FieldPath) => {
    const place = formatPath([...at, ...path]);
    const other = owners.get(name);
    if (other !== undefined) throw new DescentError('SPEC_DUPLICATE_NAME', { path: place, name, other });
    owners.set(name, place);
  };

  for (const name of Object.keys(spec.inputs)) claim(name, ['inputs', name]);
  if (!Object.hasOwn(spec.inputs, spec.loss.labels)) claim(spec.loss.labels, ['loss', 'labels']);
  for (const name of Object.keys(spec.parameters ?? {})) claim(name, ['parameters', name]);
  for (const name of Object.keys(spec.states ?? {})) claim(name, ['states', name]);
  for (const name of Object.keys(spec.constants ?? {})) claim(name, ['constants', name]);
  spec.nodes?.forEach(({ name }, index) => {
    claim(name, ['nodes', index, 'name']);
  });
  spec.layers?.forEach(({ name }, index) => {
    if (name !== undefined) claim(name, ['layers', index, 'name']);
  });

  // After all given names, so that a layer without a name never takes one that a later layer has.
  const serials = new Map<string, number>();
  const layers = (spec.layers ?? []).map(({ name, type }, index) => {
    if (name !== undefined) return name;
    let serial = serials.get(type) ?? 0;
    let derived: string;
    do {
      serial += 1;
      derived = `${type}_${serial}`;
    } while (owners.has(derived));
    serials.set(type, serial);
    claim(derived, ['layers', index]);
    return derived;
  });

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
