import { elementCount } from '@descent/tensors';
import type { Attributes } from '../graph.ts';
import type { ConcreteType, Operation } from '../operation.ts';
import { text } from '../rules/attributes.ts';
import { contract } from '../rules/contract.ts';
import { isHidden, knownEquation, type Label, readEquation } from '../rules/einsum.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX Einsum: the sum, over all labels that the result leaves out, of the product of the inputs' elements. A label
 * that repeats in a term takes the diagonal; ... stands for axes that broadcast.
 */
export const einsum: Operation = {
  inputs: [{ name: 'Inputs', dtypes: 'float', presence: 'variadic' }],
  attributes: { equation: 'text' },
  shape: (context) => {
    const shapes = context.inputs.map((input) => input!.shape);
    const equation = readEquation(text(context.node.attributes, 'equation', ''), shapes);
    if (typeof equation === 'string') throw mismatch(context, equation);
    for (const labels of equation.inputs) {
      const twice = labels.find((label, axis) => labels.indexOf(label) < axis);
      if (twice !== undefined && typeof equation.sizes.get(twice) !== 'number') {
        throw mismatch(context, `"${twice}" repeats, and a batch axis has no diagonal`);
      }
    }
    return [{ dtype: 'float32', shape: equation.output.map((label) => equation.sizes.get(label)!) }];
  },
  evaluate: (inputs, attributes, [type]) => {
    const { labels, sizes, walk } = loopsOf(
      inputs.map((input) => input!.shape),
      attributes,
    );
    const sources = inputs.map((input, index) => ({ values: numbers(input!), from: walk(index) }));
    const out = zeros(type!.shape);
    const into = offsets(
      sizes,
      labels.map((label) =>
        stridesByLabel(
          type!.shape,
          outputOf(
            inputs.map((input) => input!.shape),
            attributes,
          ),
          label,
        ),
      ),
    );
    into.forEach((target, place) => {
      out[target]! += sources.reduce((product, { values, from }) => product * values[from[place]!]!, 1);
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const shapes = node.inputs.map((value) => type(value).shape);
    return [contract(graph, node.inputs, knownEquation(text(node.attributes, 'equation', ''), shapes))];
  },
  flops: (inputs, _, attributes) => {
    const shapes = inputs.map((input) => input!.shape);
    return elementCount(loopsOf(shapes, attributes).sizes) * Math.max(inputs.length, 1);
  },
};

/** One loop per label, and where each input stands in them. */
function loopsOf(shapes: readonly ConcreteType['shape'][], attributes: Attributes) {
  const equation = knownEquation(text(attributes, 'equation', ''), shapes);
  const labels = [...equation.sizes.keys()];
  const sizes = labels.map((label) => Number(equation.sizes.get(label)));
  const walk = (input: number) =>
    offsets(
      sizes,
      labels.map((label) => stridesByLabel(shapes[input]!, equation.inputs[input]!, label)),
    );
  return { labels, sizes, walk };
}

function outputOf(shapes: readonly ConcreteType['shape'][], attributes: Attributes): readonly Label[] {
  return knownEquation(text(attributes, 'equation', ''), shapes).output;
}

/** Elements to skip for one step along a label: along all of its axes at once where it repeats, none where it broadcasts. */
function stridesByLabel(shape: ConcreteType['shape'], labels: readonly Label[], label: Label): number {
  return stridesOf(shape).reduce(
    (sum, stride, axis) =>
      labels[axis] === label && !(isHidden(label) && shape[axis] === 1) ? sum + stride : sum,
    0,
  );
}
