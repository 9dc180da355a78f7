import { type GraphBuilder, renderShape } from '@descent/autodiff';
import type { LayerSpec, Regularizer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Dtype } from '@descent/tensors';
import type { Draft } from './draft.ts';
import type { Feature } from './feature.ts';
import { layers } from './layers/index.ts';
import type { Layer, LayerContext } from './layers/layer.ts';
import type { LayerElement } from './wiring.ts';

/** Adds the nodes of one layer and returns what later layers read. */
export function buildLayer(draft: Draft, element: LayerElement): Feature {
  const { name, weights } = element;
  const context = contextOf(draft, element, { name, weights });
  // The table has a layer for each type of spec, which the compiler cannot carry through an index by a union.
  const layer = layers[element.spec.type] as Layer<LayerSpec>;
  const inputs = element.inputs.map((input) => readableFeature(draft, context, input, layer.reads));
  const [first, ...others] = inputs;
  const [least, most] = countOf(layer.takes);
  if (first === undefined || inputs.length < least || inputs.length > most) {
    const problem = `${element.spec.type} takes ${inWords(layer.takes)}, got ${inputs.length}`;
    throw context.invalid(problem);
  }
  const feature = draft.graph.inLayer(name, () => layer.build(context, [first, ...others], element.spec));
  draft.features.set(name, feature);
  const { activityRegularizer } = element.spec as { readonly activityRegularizer?: Regularizer };
  if (activityRegularizer !== undefined) draft.regularizedResults.set(feature.value, activityRegularizer);
  draft.admit(feature.value, element);
  return feature;
}

function countOf(takes: Layer<LayerSpec>['takes']): readonly [number, number] {
  if (takes === 'one') return [1, 1];
  return takes === 'several' ? [2, Number.POSITIVE_INFINITY] : takes;
}

function inWords(takes: Layer<LayerSpec>['takes']): string {
  if (takes === 'one') return 'exactly one input';
  return takes === 'several' ? 'two or more inputs (`inputs`)' : `${takes[0]} to ${takes[1]} inputs`;
}

function readableFeature(
  { graph, features }: Draft,
  context: LayerContext,
  name: string,
  reads: readonly Dtype[] = ['float32'],
): Feature {
  const feature = features.get(name)!;
  const { dtype, shape } = graph.type(feature.value);
  if (reads.includes(dtype) && hasOneBatchAxis(graph, feature)) return feature;
  throw context.invalid(
    `it reads "${name}", which is ${dtype} ${renderShape(shape)}; ${wanted(reads)} values of shape [batch, ...]`,
  );
}

function wanted(reads: readonly Dtype[]): string {
  return reads.length === 1 && reads[0] === 'float32'
    ? 'layers read float32'
    : `it reads ${reads.join(' or ')}`;
}

function hasOneBatchAxis(graph: GraphBuilder, { value }: Feature): boolean {
  const [batch, ...sample] = graph.type(value).shape;
  return batch === 'batch' && sample.every((dim) => typeof dim === 'number');
}

/** Parameters of one kind have one field, whichever part of the layer they belong to. */
function regularizerOf(spec: LayerSpec, role: string): Regularizer | undefined {
  const fields = spec as { readonly [field: string]: unknown };
  const field =
    role === 'embeddings'
      ? 'embeddingsRegularizer'
      : role === 'recurrentKernel'
        ? 'recurrentRegularizer'
        : role.toLowerCase().endsWith('kernel')
          ? 'kernelRegularizer'
          : role.toLowerCase().endsWith('bias')
            ? 'biasRegularizer'
            : undefined;
  return field === undefined ? undefined : (fields[field] as Regularizer | undefined);
}

/** What the layer, or the part of it that is being added, and its parameters are called. */
interface Naming {
  readonly name: string;
  readonly weights: string;
}

function contextOf(draft: Draft, element: LayerElement, naming: Naming): LayerContext {
  const { graph, mode, randomInputs } = draft;
  const { name: layer, path } = element;
  return {
    graph,
    mode,
    parameter: (role, shape, initializer) => {
      const declaration = { name: `${naming.weights}/${role}`, shape, initializer, trainable: true };
      const value = draft.declare(declaration, element);
      const regularizer = regularizerOf(element.spec, role);
      if (regularizer !== undefined) draft.regularized.set(value, regularizer);
      return value;
    },
    state: (role, shape, initializer, momentum) =>
      draft.declare(
        { name: `${naming.weights}/${role}`, shape, initializer, trainable: false, momentum },
        element,
      ),
    updateState: draft.updateState,
    dropoutMask: (shape, rate) => {
      const input = `${naming.name}/mask`;
      randomInputs.push({ kind: 'dropout', name: input, index: randomInputs.length, shape, rate });
      return graph.input(input, { dtype: 'float32', shape: ['batch', ...shape] });
    },
    part: (part, build) => {
      const inner = { name: `${naming.name}/${part}`, weights: `${naming.weights}/${part}` };
      return graph.inScope(inner.name, () => build(contextOf(draft, element, inner)));
    },
    admitOperations: (count) => draft.admitOperations(count, element),
    admitShape: (shape) => draft.admitShape(shape, element),
    limitCodes: ({ value }, count) => {
      const known = draft.codes.get(value);
      draft.codes.set(value, Math.min(known ?? count, count));
    },
    mismatch: (problem, expected, actual) => {
      const got = renderShape(actual);
      return new DescentError('SPEC_SHAPE_MISMATCH', {
        layer,
        path,
        problem: `${problem}; expected ${expected}, got ${got}`,
        expected,
        actual: got,
      });
    },
    windowTooLarge: (window, input) =>
      new DescentError('SPEC_WINDOW_TOO_LARGE', {
        layer,
        path,
        window: window.join('×'),
        input: input.join('×'),
      }),
    invalid: (problem) => new DescentError('SPEC_LAYER_INVALID', { layer, path, problem }),
  };
}
