import { elementCount } from '@descent/tensors';
import type { ParameterInitializer } from './initializers.ts';

/** A trained tensor, a frozen one, or a state, that a layer or a spec declares. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: ParameterInitializer;
  readonly trainable: boolean;
  /**
   * Of a state alone, which is not trainable: after each step it becomes momentum · state + (1 − momentum) · mean of
   * the step's statistic over the samples.
   */
  readonly momentum?: number;
}

export interface ParameterEntry extends ParameterDeclaration {
  /** In elements of the flat buffer; a multiple of 16, so that every tensor starts on a cache line. */
  readonly offset: number;
  readonly length: number;
}

/**
 * The flat float32 buffer that parameter server and workers share: every parameter at its offset, zeros between.
 * Trainable parameters come first, so an optimizer works on the first `trainableElements` and never sees another; then
 * states, whose statistics travel with the gradients; then what is frozen, which nobody sends back.
 */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  /** Length of the buffer, padding included. */
  readonly elements: number;
  /** End of the trainable part, padding included. */
  readonly trainableElements: number;
  /** End of the states, padding included: the length of the buffer that a worker sends back for each micro-batch. */
  readonly gradientElements: number;
}

const alignment = 16;

export function layOut(declarations: readonly ParameterDeclaration[]): ParameterLayout {
  const ordered = [
    ...declarations.filter(({ trainable }) => trainable),
    ...declarations.filter(isState),
    ...declarations.filter((declaration) => !declaration.trainable && !isState(declaration)),
  ];
  let offset = 0;
  let trainableElements = 0;
  let gradientElements = 0;
  const entries = ordered.map((declaration): ParameterEntry => {
    const entry = { ...declaration, offset, length: elementCount(declaration.shape) };
    offset += Math.ceil(entry.length / alignment) * alignment;
    if (declaration.trainable) trainableElements = offset;
    if (declaration.trainable || isState(declaration)) gradientElements = offset;
    return entry;
  });
  return { entries, elements: offset, trainableElements, gradientElements };
}

export function isState({ momentum }: ParameterDeclaration): boolean {
  return momentum !== undefined;
}

/** The output of a training graph that fills an entry's place in the gradient buffer; undefined for a frozen one. */
export function gradientOutput(entry: ParameterDeclaration): string | undefined {
  if (entry.trainable) return `gradient/${entry.name}`;
  return isState(entry) ? stateOutput(entry.name) : undefined;
}

/** Σ over the samples of a micro-batch of the statistic that a state averages. */
export function stateOutput(state: string): string {
  return `state/${state}`;
}

/** The tensor of one entry inside a flat buffer: a view, not a copy. */
export function viewOf(flat: Float32Array, { offset, length }: ParameterEntry): Float32Array {
  return flat.subarray(offset, offset + length);
}
