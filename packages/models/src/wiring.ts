import type { LayerSpec, LossSpec, ModelSpec, NodeSpec } from '@descent/contracts';
import { type FieldPath, formatPath, labelNames, lossesOf } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { expandLayers, unknownValue } from './expand-layers.ts';
import { lossPath } from './losses/loss-path.ts';
import { answerOf, type Read, readsOf } from './losses/reads.ts';
import { type Names, nameEverything, outputNames } from './names.ts';
import { topologicalOrder } from './topological-order.ts';

/** A layer or a node of the spec, with its name and the names it reads. */
export type Element = LayerElement | NodeElement;

interface ElementBase {
  readonly name: string;
  /** `model.layers[2]` */
  readonly path: string;
  /** '' stands for an optional input of a node that is left out. */
  readonly inputs: readonly string[];
  /** Names under which others read it: its own, then `name:1`, … */
  readonly outputs: readonly string[];
}

export interface LayerElement extends ElementBase {
  readonly kind: 'layer';
  /** What its parameters are named after: the layer, or for one of a function its place there. */
  readonly weights: string;
  readonly spec: LayerSpec;
}

export interface NodeElement extends ElementBase {
  readonly kind: 'node';
  readonly spec: NodeSpec;
}

/** One loss with every name resolved. */
export interface WiredLoss {
  readonly spec: LossSpec;
  /** `model.loss[1]` */
  readonly path: FieldPath;
  /** Names of the layers, nodes or inputs that it is computed from, in the order of its rule. */
  readonly reads: readonly string[];
  /** What a trained model answers with on its behalf. */
  readonly answer: string;
}

/** A spec with every connection resolved. */
export interface Wiring {
  readonly spec: ModelSpec;
  /** Where the spec stands in the request, for the paths of errors. */
  readonly at: FieldPath;
  /** In topological order; as written where that leaves a choice. */
  readonly elements: readonly Element[];
  /** Inputs that layers and nodes read, in the order of the spec. */
  readonly inputs: readonly string[];
  /** Those that an answer depends on; the others are labels that a loss is computed from. */
  readonly features: readonly string[];
  readonly losses: readonly WiredLoss[];
}

/**
 * Resolves which value each layer and node reads.
 *
 * @throws DescentError SPEC_DUPLICATE_NAME, SPEC_UNKNOWN_VALUE, SPEC_LAYER_INVALID, SPEC_CYCLE, SPEC_EMPTY,
 *   SPEC_PREDICTION_UNCLEAR, SPEC_UNUSED
 */
export function resolveWiring(spec: ModelSpec, at: FieldPath): Wiring {
  const names = nameEverything(spec, at);
  const layers = expandLayers(spec, names, at, (name, path) => soleInput(spec, name, path));
  const nodes = nodeElements(spec, at);
  const written = [...layers, ...nodes];
  if (written.length === 0) {
    throw new DescentError('SPEC_EMPTY', { path: formatPath(at), problem: 'has neither layers nor nodes' });
  }
  checkInputs(nodes, names);
  const elements = topologicalOrder(written);
  const losses = lossesOf(spec).map((loss, index): WiredLoss => {
    const path = [...at, ...lossPath(spec, index)];
    const resolve = (read: Read) => valueBehind(read, path, spec, written, names);
    return { spec: loss, path, reads: readsOf(loss).map(resolve), answer: resolve(answerOf(loss)) };
  });
  const answers = valuesBehind(
    losses.map(({ answer }) => answer),
    elements,
  );
  const used = valuesBehind(
    losses.flatMap(({ reads, answer }) => [...reads, answer]),
    elements,
  );
  refuseUnused(spec, written, used, at);
  const inputs = Object.keys(spec.inputs).filter((name) => used.has(name));
  return { spec, at, elements, losses, inputs, features: inputs.filter((name) => answers.has(name)) };
}

function nodeElements(spec: ModelSpec, at: FieldPath): NodeElement[] {
  return (spec.nodes ?? []).map((node, index) => ({
    kind: 'node',
    name: node.name,
    path: formatPath([...at, 'nodes', index]),
    inputs: node.inputs,
    outputs: outputNames(node),
    spec: node,
  }));
}

/** What a first layer reads that does not say. */
function soleInput(spec: ModelSpec, layer: string, path: string): string {
  const all = Object.keys(spec.inputs);
  // An autoencoder's only input is its label as well.
  const labels = labelNames(spec);
  const inputs = all.length === 1 ? all : all.filter((name) => !labels.includes(name));
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) return only;
  const problem =
    inputs.length === 0
      ? 'there is no model input for it to read'
      : `say which input it reads (\`inputs\`): the model has ${inputs.map((name) => `"${name}"`).join(', ')}`;
  throw new DescentError('SPEC_LAYER_INVALID', { layer, path, problem });
}

/** Layers are wired by `expandLayers`. */
function checkInputs(elements: readonly NodeElement[], names: Names): void {
  for (const { inputs, path } of elements) {
    inputs.forEach((name, index) => {
      if (name === '' || names.values.has(name)) return;
      throw unknownValue(`${path}.inputs[${index}]`, name, names.values);
    });
  }
}

/** What the loss names; else the last layer of a model of layers; else the one value that nothing reads. */
function valueBehind(
  { name: named, field }: Read,
  path: FieldPath,
  spec: ModelSpec,
  elements: readonly Element[],
  names: Names,
): string {
  if (named !== undefined) {
    const known = elements.flatMap(({ outputs }) => outputs);
    if (known.includes(named)) return named;
    throw unknownValue(formatPath([...path, ...field]), named, known);
  }
  if ((spec.nodes ?? []).length === 0) return names.layers.at(-1)!;
  const read = new Set(elements.flatMap(({ inputs }) => inputs));
  const ends = elements
    .filter(({ outputs }) => !outputs.some((name) => read.has(name)))
    .map(({ name }) => name);
  const [only] = ends;
  if (ends.length === 1 && only !== undefined) return only;
  throw new DescentError('SPEC_PREDICTION_UNCLEAR', {
    path: formatPath([...path, ...field]),
    candidates: ends.slice(0, 8).join(', '),
  });
}

function valuesBehind(ends: readonly string[], ordered: readonly Element[]): ReadonlySet<string> {
  const used = new Set(ends);
  for (const { inputs, outputs } of ordered.toReversed()) {
    if (outputs.some((name) => used.has(name))) for (const input of inputs) used.add(input);
  }
  return used;
}

/** A part that nothing reads is a mistake of the spec: it would be trained by nothing, or fed for nothing. */
function refuseUnused(
  spec: ModelSpec,
  elements: readonly Element[],
  used: ReadonlySet<string>,
  at: FieldPath,
): void {
  const refuse = (what: string, name: string, path: string) =>
    new DescentError('SPEC_UNUSED', { path, what, name });
  for (const { kind, name, path, outputs } of elements) {
    if (!outputs.some((output) => used.has(output))) throw refuse(kind, name, path);
  }
  const called = new Set(elements.flatMap((element) => calledBy(element)));
  for (const name of Object.keys(spec.functions ?? {})) {
    if (!called.has(name)) throw refuse('function', name, formatPath([...at, 'functions', name]));
  }
  const labels = labelNames(spec);
  for (const name of Object.keys(spec.inputs)) {
    if (used.has(name) || labels.includes(name)) continue;
    throw refuse('input', name, formatPath([...at, 'inputs', name]));
  }
  for (const [section, what] of [
    ['parameters', 'parameter'],
    ['states', 'state'],
    ['constants', 'constant'],
  ] as const) {
    for (const name of Object.keys(spec[section] ?? {})) {
      if (!used.has(name)) throw refuse(what, name, formatPath([...at, section, name]));
    }
  }
}

function calledBy({ kind, spec }: Element): readonly string[] {
  return kind === 'layer' && spec.type === 'call' ? [spec.function] : [];
}
