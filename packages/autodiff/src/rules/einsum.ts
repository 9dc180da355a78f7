import { broadcastDims, type Dim, renderShape, type Shape, sameDim } from '../dim.ts';

/** A letter of the equation; an axis that an ellipsis stands for is the digit of its place from the end. */
export type Label = string;

export interface Equation {
  readonly inputs: readonly (readonly Label[])[];
  readonly output: readonly Label[];
  /** Size of each label. Only those of an ellipsis broadcast: an input may have 1 there. */
  readonly sizes: ReadonlyMap<Label, Dim>;
}

/** Reads an equation for inputs of these shapes, or says in words what is wrong with it. */
export function readEquation(text: string, shapes: readonly Shape[]): Equation | string {
  const [left, right, ...more] = text.replaceAll(' ', '').split('->');
  if (more.length > 0) return `"${text}" has more than one ->`;
  const terms = left!.split(',');
  if (terms.length !== shapes.length)
    return `"${text}" has ${terms.length} terms for ${shapes.length} inputs`;
  if ([...terms, right ?? ''].some((term) => !/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))) {
    return `"${text}" may hold letters, commas, one ... in each term and ->`;
  }
  const inputs: Label[][] = [];
  const sizes = new Map<Label, Dim>();
  let dots = 0;
  for (const [index, term] of terms.entries()) {
    const shape = shapes[index]!;
    const hidden = shape.length - term.replace('...', '').length;
    if (hidden < 0 || (hidden > 0 && !term.includes('...'))) {
      return `"${term}" does not name the axes of ${renderShape(shape)}`;
    }
    dots = Math.max(dots, hidden);
    const labels = expanded(term, hidden);
    inputs.push(labels);
    for (const [axis, label] of labels.entries()) {
      const [size, known] = [shape[axis]!, sizes.get(label)];
      if (known === undefined) sizes.set(label, size);
      else {
        const both = isHidden(label) ? broadcastDims(known, size) : sameDim(known, size) ? known : undefined;
        if (both === undefined) return `"${label}" is ${known} in one place and ${size} in another`;
        sizes.set(label, both);
      }
    }
  }
  const ellipsis = left!.includes('...');
  if (right !== undefined && ellipsis !== right.includes('...')) {
    return `"${text}" has an ellipsis on one side only`;
  }
  const output = right === undefined ? implied(left!, ellipsis, dots) : expanded(right, dots);
  const unknown = output.find((label) => !sizes.has(label));
  if (unknown !== undefined) return `"${unknown}" is in the result of "${text}", but in no input`;
  if (new Set(output).size !== output.length) return `"${text}" repeats a label in the result`;
  return { inputs, output, sizes };
}

/** For shapes that the shape rule has accepted. */
export function knownEquation(text: string, shapes: readonly Shape[]): Equation {
  const equation = readEquation(text, shapes);
  if (typeof equation === 'string') throw new Error(equation);
  return equation;
}

export function isHidden(label: Label): boolean {
  return /\d/.test(label);
}

function expanded(term: string, hidden: number): Label[] {
  const [before, after] = term.split('...');
  if (after === undefined) return [...term];
  return [...before!, ...Array.from({ length: hidden }, (_, place) => `${hidden - 1 - place}`), ...after];
}

/** Without ->: the ellipsis, then the labels that appear once, in alphabetical order (capitals first). */
function implied(left: string, ellipsis: boolean, dots: number): Label[] {
  const letters = [...left.replaceAll(/[.,]/g, '')];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return expanded(`${ellipsis ? '...' : ''}${once.sort().join('')}`, dots);
}
