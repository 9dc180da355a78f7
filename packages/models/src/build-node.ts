import { type Attributes, type OnnxOperationName, onnxOperations, type ValueName } from '@descent/autodiff';
import { nearestName } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import type { Draft } from './draft.ts';
import { asWritten, toAsWritten } from './feature.ts';
import { isState } from './parameter-layout.ts';
import type { NodeElement } from './wiring.ts';

/** Adds one node of the graph form. What it reads of layers has the axes of the spec: images are channels-last. */
export function buildNode(draft: Draft, element: NodeElement): ValueName {
  const { graph, features } = draft;
  const { name, path, spec } = element;
  if (!isOperation(spec.op)) throw unknownOperation(spec.op, `${path}.op`);
  const op = spec.op;
  const inputs = element.inputs.map((input) => {
    const feature = features.get(input);
    return feature === undefined ? input : toAsWritten(graph, feature).value;
  });
  const values = translated(element, () => graph.inLayer(name, () => addNode(draft, element, op, inputs)));
  values.forEach((value, index) => {
    draft.admit(value, element);
    const [, ...sample] = graph.type(value).shape;
    // A layer that reads it checks first that no later axis holds the batch.
    features.set(element.outputs[index]!, asWritten(value, sample as readonly number[]));
  });
  return values[0]!;
}

function addNode(
  draft: Draft,
  { name, spec, outputs }: NodeElement,
  op: OnnxOperationName,
  inputs: readonly ValueName[],
): readonly ValueName[] {
  const attributes = { ...spec.attributes } as Attributes;
  const moments = inputs.slice(3, 5);
  if (op === 'BatchNormalization' && draft.mode === 'training' && moments.every(isStateOf(draft))) {
    // With momentum 0 the running moments that come out are those of this micro-batch.
    const training = { ...attributes, training_mode: 1, momentum: 0 };
    const [value, ...statistics] = draft.graph.addMany(op, inputs, training, 3, name);
    moments.forEach((state, index) => {
      draft.updateState(state, statistics[index]!);
    });
    return [value!];
  }
  return draft.graph.addMany(op, inputs, attributes, outputs.length, name);
}

function isStateOf({ parameters }: Draft): (value: ValueName) => boolean {
  return (value) => parameters.some((parameter) => parameter.name === value && isState(parameter));
}

function isOperation(op: string): op is OnnxOperationName {
  return Object.hasOwn(onnxOperations, op);
}

function unknownOperation(op: string, path: string): DescentError {
  const didYouMean = nearestName(op, Object.keys(onnxOperations));
  return new DescentError('SPEC_UNKNOWN_OPERATION', {
    path,
    op,
    hint: didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}

/** Says an error of the graph in terms of the spec. */
function translated<Result>({ name, path, spec }: NodeElement, build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (!isDescentError(error) || !error.code.startsWith('GRAPH_')) throw error;
    const code = error.code === 'GRAPH_SHAPE_MISMATCH' ? 'SPEC_SHAPE_MISMATCH' : 'SPEC_NODE_INVALID';
    const problem = error.message.replace(`Node "${name}" (${spec.op}): `, `${spec.op}: `);
    throw new DescentError(code, { ...error.details, layer: name, path, problem }, { cause: error });
  }
}
