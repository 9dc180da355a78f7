import type { Graph } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import { addStatistics } from './add-statistics.ts';
import { buildLayer } from './build-layer.ts';
import { buildNode } from './build-node.ts';
import { declareConstants, declareInputs, declareParameters, declareStates } from './declare-values.ts';
import { createDraft, type Draft, type RandomInput } from './draft.ts';
import type { LabelInput } from './labels.ts';
import type { Mode } from './layers/layer.ts';
import type { ModelLimits } from './limits.ts';
import type { CompiledMetric } from './metrics/scores.ts';
import { addObjective } from './objective.ts';
import type { ParameterDeclaration } from './parameter-layout.ts';
import type { Wiring } from './wiring.ts';

/** What a layer or a node of the spec became. */
export interface LayerOutline {
  readonly name: string;
  /** Layer type, or operation of a node. */
  readonly type: string;
  readonly path: string;
  /** With the batch axis first; axes as the spec has them. */
  readonly outputShape: readonly (number | string)[];
  /** Trainable elements that a layer declares; of a node, those of the parameters it reads. */
  readonly parameters: number;
}

export interface Lowering {
  readonly graph: Graph;
  readonly parameters: readonly ParameterDeclaration[];
  readonly randomInputs: readonly RandomInput[];
  readonly layers: readonly LayerOutline[];
  readonly labels: readonly LabelInput[];
  readonly metrics: readonly CompiledMetric[];
  /** Per value, how many codes an integer of it may have. */
  readonly codes: ReadonlyMap<string, number>;
}

/** The forward computation graph of a model with the outputs that `mode` is for. */
export function lower(wiring: Wiring, mode: Mode, limits: ModelLimits): Lowering {
  const draft = createDraft(wiring, mode, limits);
  declareInputs(draft);
  declareParameters(draft);
  declareStates(draft);
  declareConstants(draft);
  const trainable = trainableSizes(draft);
  const layers = wiring.elements.map((element): LayerOutline => {
    const { name, path, inputs } = element;
    draft.admitOperations(1, element);
    if (element.kind === 'layer') {
      const declared = draft.parameters.length;
      const { shape } = buildLayer(draft, element);
      const parameters = total(draft.parameters.slice(declared).map(sizeOf));
      return { name, type: element.spec.type, path, outputShape: ['batch', ...shape], parameters };
    }
    const { shape } = draft.graph.type(buildNode(draft, element));
    const parameters = total(inputs.map((input) => trainable.get(input) ?? 0));
    return { name, type: element.spec.op, path, outputShape: shape, parameters };
  });
  const { labels, metrics } = addObjective(draft);
  if (mode === 'training') addStatistics(draft);
  const { parameters, randomInputs, codes } = draft;
  const built = draft.graph.build();
  const graph = mode === 'inference' ? withoutLabels(built, wiring) : built;
  return { graph, parameters, randomInputs, layers, labels, metrics, codes };
}

/** The inputs that a loss alone is computed from, and the nodes that read them, are no part of an answer. */
function withoutLabels(graph: Graph, { inputs, features }: Wiring): Graph {
  if (features.length === inputs.length) return graph;
  const needed = new Set(graph.outputs.values());
  const nodes = graph.nodes.toReversed().filter((node) => {
    const used = node.outputs.some((value) => needed.has(value));
    if (used) for (const value of node.inputs) needed.add(value);
    return used;
  });
  const isLabel = (name: string) => inputs.includes(name) && !features.includes(name);
  return { ...graph, inputs: graph.inputs.filter((name) => !isLabel(name)), nodes: nodes.toReversed() };
}

function trainableSizes({ parameters }: Draft): ReadonlyMap<string, number> {
  const trainable = parameters.filter((parameter) => parameter.trainable);
  return new Map(trainable.map((parameter) => [parameter.name, sizeOf(parameter)]));
}

function sizeOf({ shape }: ParameterDeclaration): number {
  return elementCount(shape);
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
