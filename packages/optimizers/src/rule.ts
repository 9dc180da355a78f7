import type { OptimizerSettings } from '@descent/contracts';
import type { Kernels } from './kernels.ts';

export type OptimizerType = OptimizerSettings['type'];
export type SettingsOf<Type extends OptimizerType> = Extract<OptimizerSettings, { type: Type }>;

/** An update with its buffers checked and resolved to addresses. */
export interface ResolvedUpdate {
  readonly parameters: number;
  readonly next: number;
  readonly gradients: number;
  /** Added to the gradients on the way; 0: there is none. */
  readonly addend: number;
  readonly slots: readonly number[];
  /** Elements. */
  readonly count: number;
  /** Where three f64 are written: squared norms of the summed gradient, of the parameters, of their change. */
  readonly result: number;
  readonly step: number;
  readonly learningRate: number;
  readonly scale: number;
}

/** What one kind of optimizer adds: the names of its slots and its call of a kernel. */
export interface Rule {
  readonly slotNames: readonly string[];
  apply(kernels: Kernels, update: ResolvedUpdate): void;
}
