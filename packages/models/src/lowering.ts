import type { Graph } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import { addStatistics } from './add-statistics.ts';
import { buildLayer } from './build-layer.ts';
import { buildNode } from './build-node.ts';
import { declareConstants, declareInputs, declareParameters, declareStates } from './declare-values.ts';
import { createDraft, type Draft, type RandomInput } from './draft.ts';
import type { Mode } from './layers/layer.ts';
import type { ModelLimits } from './limits.ts';
import { addObjective, type LabelInput } from './objective.ts';
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
  readonly label: LabelInput;
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
  const label = addObjective(draft);
  if (mode === 'training') addStatistics(draft);
  const { graph, parameters, randomInputs, codes } = draft;
  return { graph: graph.build(), parameters, randomInputs, layers, label, codes };
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
