import type { Initializer } from '@descent/contracts';
import { elementCount } from '@descent/tensors';

/** A trained (or frozen) tensor that a layer or a spec declares. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly trainable: boolean;
}

export interface ParameterEntry extends ParameterDeclaration {
  /** In elements of the flat buffer; a multiple of 16, so that every tensor starts on a cache line. */
  readonly offset: number;
  readonly length: number;
}

/**
 * The flat float32 buffer that parameter server and workers share: every parameter at its offset, zeros between.
 * Trainable parameters come first, so an optimizer works on the first `trainableElements` and never sees a frozen one.
 */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  /** Length of the buffer, padding included. */
  readonly elements: number;
  /** End of the trainable part, padding included. */
  readonly trainableElements: number;
}

const alignment = 16;

export function layOut(declarations: readonly ParameterDeclaration[]): ParameterLayout {
  const ordered = [
    ...declarations.filter(({ trainable }) => trainable),
    ...declarations.filter(({ trainable }) => !trainable),
  ];
  let offset = 0;
  let trainableElements = 0;
  const entries = ordered.map((declaration): ParameterEntry => {
    const entry = { ...declaration, offset, length: elementCount(declaration.shape) };
    offset += Math.ceil(entry.length / alignment) * alignment;
    if (declaration.trainable) trainableElements = offset;
    return entry;
  });
  return { entries, elements: offset, trainableElements };
}

/** The tensor of one entry inside a flat buffer: a view, not a copy. */
export function viewOf(flat: Float32Array, { offset, length }: ParameterEntry): Float32Array {
  return flat.subarray(offset, offset + length);
}
