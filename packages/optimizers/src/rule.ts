import type { OptimizerSettings } from '@descent/contracts';
import type { Kernels } from './kernels.ts';

export type OptimizerType = OptimizerSettings['type'];
export type SettingsOf<Type extends OptimizerType> = Extract<OptimizerSettings, { type: Type }>;

/** An update with its buffers checked and resolved to addresses. */
export interface ResolvedUpdate {
  readonly parameters: number;
  readonly next: number;
  readonly gradients: number;
  readonly slots: readonly number[];
  /** Elements. */
  readonly count: number;
  readonly step: number;
  readonly learningRate: number;
  readonly scale: number;
}

/** What one kind of optimizer adds: the names of its slots and its call of a kernel. */
export interface Rule {
  readonly slotNames: readonly string[];
  apply(kernels: Kernels, update: ResolvedUpdate): void;
}
