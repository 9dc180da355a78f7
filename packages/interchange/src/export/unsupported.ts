import type { Node } from '@descent/autodiff';
import { DescentError } from '@descent/errors';

/** One error for all that a format has no words for: `Op (layer)`, or the type and name of a layer. */
export function unsupported(format: string, parts: readonly (Node | string)[]): DescentError {
  const list = [
    ...new Set(
      parts.map((part) => (typeof part === 'string' ? part : `${part.op} (${part.layer ?? part.name})`)),
    ),
  ];
  const more = list.length > 12 ? ` and ${list.length - 12} more` : '';
  const problem = list.slice(0, 12).join(', ') + more;
  return new DescentError('EXPORT_UNSUPPORTED', { format, problem, unsupported: list });
}
