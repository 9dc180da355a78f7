import { type ConstantSpec, formatPath, type Initializer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount, type Tensor } from '@descent/tensors';
import type { Draft } from './draft.ts';
import { asWritten } from './feature.ts';

/** Model inputs that layers and nodes read: [batch, ...shape]. */
export function declareInputs(draft: Draft): void {
  const { wiring, graph, features } = draft;
  for (const name of wiring.inputs) {
    const { shape, dtype = 'float32' } = wiring.spec.inputs[name]!;
    draft.admitShape(shape, { name, path: formatPath([...wiring.at, 'inputs', name]) });
    features.set(name, asWritten(graph.input(name, { dtype, shape: ['batch', ...shape] }), shape));
  }
}

/** The `parameters` of the graph form. Left out, matrices start as in a dense layer and vectors as its bias. */
export function declareParameters(draft: Draft): void {
  const { spec, at } = draft.wiring;
  for (const [name, parameter] of Object.entries(spec.parameters ?? {})) {
    const { shape, initializer, trainable = true, regularizer } = parameter;
    const usual: Initializer = shape.length < 2 ? 'zeros' : 'glorotUniform';
    const place = { name, path: formatPath([...at, 'parameters', name]) };
    const value = draft.declare({ name, shape, initializer: initializer ?? usual, trainable }, place);
    if (regularizer !== undefined) draft.regularized.set(value, regularizer);
  }
}

/** The `states` of the graph form. */
export function declareStates(draft: Draft): void {
  const { spec, at } = draft.wiring;
  for (const [name, { shape, initializer = 'zeros', momentum = 0.9 }] of Object.entries(spec.states ?? {})) {
    const place = { name, path: formatPath([...at, 'states', name]) };
    draft.declare({ name, shape, initializer, trainable: false, momentum }, place);
  }
}

/** The `constants` of the graph form. */
export function declareConstants(draft: Draft): void {
  const { spec, at } = draft.wiring;
  for (const [name, constant] of Object.entries(spec.constants ?? {})) {
    draft.graph.constant(tensorOf(constant, formatPath([...at, 'constants', name])), name);
  }
}

function tensorOf({ shape, values, dtype = 'float32' }: ConstantSpec, path: string): Tensor {
  const expected = elementCount(shape);
  if (values.length !== expected) {
    const problem = `shape [${shape.join(', ')}] has ${expected} elements, but there are ${values.length} values`;
    throw new DescentError('SPEC_CONSTANT_INVALID', { path, problem });
  }
  if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(values) };
  const fraction = values.findIndex((value) => !Number.isSafeInteger(value));
  if (fraction !== -1) {
    const problem = `value ${fraction} is ${values[fraction]}, which is no whole number`;
    throw new DescentError('SPEC_CONSTANT_INVALID', { path, problem });
  }
  return { dtype, shape, data: BigInt64Array.from(values, BigInt) };
}
