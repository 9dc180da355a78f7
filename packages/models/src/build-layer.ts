import { type GraphBuilder, renderShape } from '@descent/autodiff';
import type { LayerSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Draft } from './draft.ts';
import type { Feature } from './feature.ts';
import { layers } from './layers/index.ts';
import type { Layer, LayerContext } from './layers/layer.ts';
import type { LayerElement } from './wiring.ts';

/** Adds the nodes of one layer and returns what later layers read. */
export function buildLayer(draft: Draft, element: LayerElement): Feature {
  const context = contextOf(draft, element);
  // The table has a layer for each type of spec, which the compiler cannot carry through an index by a union.
  const layer = layers[element.spec.type] as Layer<LayerSpec>;
  const inputs = element.inputs.map((name) => readableFeature(draft, context, name));
  const [first, ...others] = inputs;
  if (first === undefined || (layer.takes === 'one') !== (others.length === 0)) {
    const wanted = layer.takes === 'one' ? 'exactly one input' : 'two or more inputs (`inputs`)';
    throw context.invalid(`${element.spec.type} takes ${wanted}, got ${inputs.length}`);
  }
  const feature = draft.graph.inLayer(element.name, () =>
    layer.build(context, [first, ...others], element.spec),
  );
  draft.features.set(element.name, feature);
  draft.admit(feature.value, element);
  return feature;
}

function readableFeature({ graph, features }: Draft, context: LayerContext, name: string): Feature {
  const feature = features.get(name)!;
  const { dtype, shape } = graph.type(feature.value);
  if (dtype === 'float32' && hasOneBatchAxis(graph, feature)) return feature;
  throw context.invalid(
    `it reads "${name}", which is ${dtype} ${renderShape(shape)}; layers read float32 values of shape [batch, ...]`,
  );
}

function hasOneBatchAxis(graph: GraphBuilder, { value }: Feature): boolean {
  const [batch, ...sample] = graph.type(value).shape;
  return batch === 'batch' && sample.every((dim) => typeof dim === 'number');
}

function contextOf(draft: Draft, { name, path }: LayerElement): LayerContext {
  const { graph, mode, randomInputs } = draft;
  const place = { name, path };
  return {
    graph,
    mode,
    parameter: (role, shape, initializer) =>
      draft.declare({ name: `${name}/${role}`, shape, initializer, trainable: true }, place),
    state: (role, shape, initializer, momentum) =>
      draft.declare({ name: `${name}/${role}`, shape, initializer, trainable: false, momentum }, place),
    updateState: (state, statistic) => {
      draft.statistics.set(state, [...(draft.statistics.get(state) ?? []), statistic]);
    },
    dropoutMask: (shape, rate) => {
      const input = `${name}/mask`;
      randomInputs.push({ kind: 'dropout', name: input, index: randomInputs.length, shape, rate });
      return graph.input(input, { dtype: 'float32', shape: ['batch', ...shape] });
    },
    mismatch: (problem, expected, actual) => {
      const got = renderShape(actual);
      return new DescentError('SPEC_SHAPE_MISMATCH', {
        layer: name,
        path,
        problem: `${problem}; expected ${expected}, got ${got}`,
        expected,
        actual: got,
      });
    },
    windowTooLarge: (window, input) =>
      new DescentError('SPEC_WINDOW_TOO_LARGE', {
        layer: name,
        path,
        window: window.join('×'),
        input: input.join('×'),
      }),
    invalid: (problem) => new DescentError('SPEC_LAYER_INVALID', { layer: name, path, problem }),
  };
}
