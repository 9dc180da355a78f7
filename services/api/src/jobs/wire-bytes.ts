import type { Compression } from '@descent/contracts';
import type { CompiledModel } from '@descent/models';
import { gradientFormat, parameterFormat } from '@descent/optimizers';

/** Bytes of one version down and of one micro-batch's gradient up; undefined where they travel as they are. */
export function wireBytes(
  { layout }: CompiledModel,
  compression: Compression = 'none',
): { readonly pullBytes: number; readonly pushBytes: number } | undefined {
  const { trainableElements: compressed, gradientElements, elements } = layout;
  const pull = parameterFormat(compression, { compressed, elements });
  const push = gradientFormat(compression, { compressed, elements: gradientElements });
  return pull && push && { pullBytes: 4 * pull.length, pushBytes: 4 * push.length };
}
