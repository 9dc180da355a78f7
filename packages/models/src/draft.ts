import {
  createGraphBuilder,
  elementCountOf,
  type GraphBuilder,
  renderShape,
  sameShape,
  type ValueName,
} from '@descent/autodiff';
import type { Regularizer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { Feature } from './feature.ts';
import { initializerProblem } from './initializers.ts';
import type { Mode } from './layers/layer.ts';
import type { ModelLimits } from './limits.ts';
import { isState, type ParameterDeclaration } from './parameter-layout.ts';
import type { Wiring } from './wiring.ts';

/** An input that no data set feeds: the worker makes it with `fillRandomInput`. */
export interface RandomInput {
  readonly kind: 'dropout';
  readonly name: ValueName;
  /** Position among the random inputs of the model: the node's part of the generator's counter. */
  readonly index: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly rate: number;
}

/** Where something stands in the spec, for errors. */
export interface Place {
  readonly name: string;
  readonly path: string;
}

/** A model while it is lowered to a graph. */
export interface Draft {
  readonly wiring: Wiring;
  readonly mode: Mode;
  readonly graph: GraphBuilder;
  /** What layers may read, by the name of input, layer or node. */
  readonly features: Map<string, Feature>;
  readonly parameters: ParameterDeclaration[];
  readonly randomInputs: RandomInput[];
  /** Per state, the statistics of a micro-batch that it is to average: a tensor of its shape for each place of use. */
  readonly statistics: Map<string, ValueName[]>;
  /** Parameters whose size is added to the loss; those of a shared layer once. */
  readonly regularized: Map<ValueName, Regularizer>;
  /** Results whose size is. */
  readonly regularizedResults: Map<ValueName, Regularizer>;
  /** Gives a statistic of this micro-batch that the state averages. */
  updateState(state: ValueName, statistic: ValueName): void;
  /** Per value, how many codes an integer of it may have: those of an embedding's vocabulary. */
  readonly codes: Map<ValueName, number>;
  /** Adds a parameter or a state to the graph, within the limit; or returns it, where a function is used again. */
  declare(parameter: ParameterDeclaration, place: Place): ValueName;
  /** Refuses operations that a layer is about to add, if they are more than a graph may have. */
  admitOperations(count: number, place: Place): void;
  /** Refuses a value that is larger than a value may be. */
  admit(value: ValueName, place: Place): void;
  /** The same, for a shape that no value has yet. */
  admitShape(shape: readonly number[], place: Place): void;
}

export function createDraft(wiring: Wiring, mode: Mode, limits: ModelLimits): Draft {
  const graph = createGraphBuilder();
  const parameters: ParameterDeclaration[] = [];
  const declared = new Map<string, ParameterDeclaration>();
  let parameterElements = 0;

  const admitCount = (count: number, { name, path }: Place) => {
    if (count <= limits.elementsPerSample) return;
    const what = `the number of elements of "${name}" per sample`;
    throw new DescentError('SPEC_TOO_LARGE', {
      path,
      layer: name,
      what,
      actual: count,
      limit: limits.elementsPerSample,
    });
  };

  const statistics: Draft['statistics'] = new Map();

  return {
    wiring,
    mode,
    graph,
    features: new Map(),
    parameters,
    randomInputs: [],
    statistics,
    regularized: new Map(),
    regularizedResults: new Map(),
    updateState: (state, statistic) => {
      statistics.set(state, [...(statistics.get(state) ?? []), statistic]);
    },
    codes: new Map(),
    declare: (parameter, { name, path }) => {
      const shared = declared.get(parameter.name);
      if (shared !== undefined) {
        if (sameShape(shared.shape, parameter.shape)) return shared.name;
        const [expected, actual] = [renderShape(shared.shape), renderShape(parameter.shape)];
        const problem = `"${parameter.name}" is shared with an earlier call, whose input had another shape; expected ${expected}, got ${actual}`;
        throw new DescentError('SPEC_SHAPE_MISMATCH', { layer: name, path, problem, expected, actual });
      }
      const refusal = initializerProblem(parameter.initializer, parameter.shape);
      if (refusal !== undefined)
        throw new DescentError('SPEC_LAYER_INVALID', { layer: name, path, problem: refusal });
      parameterElements += elementCount(parameter.shape);
      if (parameterElements > limits.parameters) {
        const what = `the number of parameters, with "${name}",`;
        throw new DescentError('SPEC_TOO_LARGE', {
          path,
          layer: name,
          what,
          actual: parameterElements,
          limit: limits.parameters,
        });
      }
      parameters.push(parameter);
      declared.set(parameter.name, parameter);
      return isState(parameter)
        ? graph.state(parameter.name, parameter.shape)
        : graph.parameter(parameter.name, parameter.shape);
    },
    admitOperations: (count, { name, path }) => {
      const actual = graph.nodes.length + count;
      if (actual <= limits.operations) return;
      const what = `the number of operations of the graph, with "${name}",`;
      throw new DescentError('SPEC_TOO_LARGE', { path, layer: name, what, actual, limit: limits.operations });
    },
    admit: (value, place) => admitCount(elementCountOf(graph.type(value).shape).coefficient, place),
    admitShape: (shape, place) => admitCount(elementCount(shape), place),
  };
}
