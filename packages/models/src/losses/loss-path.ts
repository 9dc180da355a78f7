import type { FieldPath, ModelSpec } from '@descent/contracts';

/** Where a loss stands in the spec: `loss`, or `loss[1]` of several. */
export function lossPath({ loss }: Pick<ModelSpec, 'loss'>, index: number): FieldPath {
  return Array.isArray(loss) ? ['loss', index] : ['loss'];
}
