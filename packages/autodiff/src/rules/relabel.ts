import type { InputRule, Operation } from '../operation.ts';
import { reshapeLike } from './broadcast.ts';
import { inputOf, outputGradient } from './gradients.ts';

/** An operation that keeps all elements in order and changes only the shape. */
export function relabel(
  rest: Pick<Operation, 'attributes' | 'shape'> & { readonly more?: readonly InputRule[] },
): Operation {
  return {
    inputs: [{ name: 'data', dtypes: 'any' }, ...(rest.more ?? [])],
    attributes: rest.attributes,
    shape: rest.shape,
    evaluate: ([data], _, [type]) => [{ dtype: type!.dtype, shape: type!.shape, data: data!.data }],
    gradient: (context) => [
      reshapeLike(context.graph, outputGradient(context), inputOf(context, 0)),
      ...(rest.more ?? []).map(() => undefined),
    ],
    flops: () => 0,
  };
}
