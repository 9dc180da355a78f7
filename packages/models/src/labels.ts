import { renderShape, type ValueName } from '@descent/autodiff';
import { formatPath } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { Draft } from './draft.ts';
import type { LabelType } from './losses/loss.ts';
import type { WiredLoss } from './wiring.ts';

/** The labels of a loss, as an input that the data set feeds. */
export interface LabelInput extends LabelType {
  readonly name: string;
}

/** The labels of all losses of a model. Several losses may share them. */
export interface LabelInputs {
  readonly all: readonly LabelInput[];
  /** Adds labels of that type, or refuses what the spec or an earlier loss says of them. */
  add(loss: WiredLoss, name: string, expected: LabelType): LabelInput;
  /** The labels in the shape that the loss computes with; a feature that is its own label (an autoencoder's) is reused. */
  value(label: LabelInput, expected: LabelType): ValueName;
}

export function createLabelInputs(draft: Draft): LabelInputs {
  const { graph, features } = draft;
  const all: LabelInput[] = [];
  const values = new Map<string, ValueName>();
  return {
    all,
    add(loss, name, expected) {
      const index = all.findIndex((label) => label.name === name);
      const earlier = all[index];
      if (earlier === undefined) {
        const declared = declaredLabel(draft, loss, name, expected);
        all.push(declared);
        return declared;
      }
      if (!agree(earlier, expected)) {
        throw lossInvalid(
          formatPath([...loss.path, 'labels']),
          name,
          `another loss takes the labels "${name}" too`,
          describe(earlier),
          describe(expected),
        );
      }
      const shared = narrower(earlier, expected);
      all[index] = shared;
      return shared;
    },
    value(label, expected) {
      const known = features.get(label.name)?.value ?? values.get(label.name);
      const value =
        known ?? graph.input(label.name, { dtype: label.dtype, shape: ['batch', ...label.shape] });
      values.set(label.name, value);
      const wanted = expected.computed ?? expected.shape;
      if (label.shape.length === wanted.length) return value;
      return graph.inScope('loss', () => graph.add('Reshape', [value, graph.integers([-1, ...wanted])]));
    },
  };

  function declaredLabel(
    { wiring: { spec, at } }: Draft,
    loss: WiredLoss,
    name: string,
    expected: LabelType,
  ) {
    if (!Object.hasOwn(spec.inputs, name)) return { ...expected, name };
    const { shape, dtype = 'float32' } = spec.inputs[name]!;
    if (agree({ dtype, shape }, expected)) return { ...expected, name, shape };
    throw lossInvalid(
      formatPath([...at, 'inputs', name]),
      name,
      `${loss.spec.type} does not take the labels "${name}"`,
      describe(expected),
      describe({ dtype, shape }),
    );
  }
}

function agree(given: LabelType, expected: LabelType): boolean {
  const sameShape = given.shape.join() === expected.shape.join();
  const oneNumber = elementCount(given.shape) === 1 && elementCount(expected.shape) === 1;
  return given.dtype === expected.dtype && (sameShape || oneNumber);
}

/** What suits two losses: the fewer classes; a label that one of them does not count is still no class of the other. */
function narrower(label: LabelInput, { classes, ignored }: LabelType): LabelInput {
  const { ignored: before, ...rest } = label;
  return {
    ...rest,
    ...(classes === undefined ? {} : { classes: Math.min(label.classes ?? classes, classes) }),
    ...(ignored !== undefined && ignored === before ? { ignored } : {}),
  };
}

function describe({ dtype, shape }: LabelType): string {
  return `${dtype} ${renderShape(shape)}`;
}

export function lossInvalid(
  path: string,
  layer: string,
  problem: string,
  expected: string,
  actual: string,
): DescentError {
  return new DescentError('SPEC_LOSS_INVALID', { path, layer, problem, expected, actual });
}
