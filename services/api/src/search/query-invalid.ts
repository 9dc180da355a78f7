import { DescentError } from '@descent/errors';

/** @param where characters from 0; people count columns from 1 */
export function queryInvalid(
  where: { readonly at: number; readonly length: number },
  problem: string,
  didYouMean?: string,
): DescentError {
  return new DescentError('QUERY_INVALID', {
    column: where.at + 1,
    length: where.length,
    problem: didYouMean === undefined ? problem : `${problem}; did you mean "${didYouMean}"?`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}
