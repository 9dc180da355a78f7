import { operationOf } from '@descent/autodiff';
import type { Lowering } from '../lowering.ts';
import { inSingle } from '../transfer.ts';

/**
 * The operation's own reference evaluation: in double precision on the host, then rounded. Right for every operation,
 * and the only one that is exact for integers, but plain loops; `nativeOperations` lists what does not need it.
 */
export const reference: Lowering = (context) => {
  const { node, outputTypes } = context;
  const inputs = node.inputs.map((name, input) => (name === '' ? undefined : context.host(input)));
  const types = outputTypes.map(({ dtype, shape }) => ({
    dtype: dtype === 'float32' ? ('float64' as const) : dtype,
    shape,
  }));
  const results = operationOf(node.op).evaluate(inputs, node.attributes, types);
  return results.slice(0, node.outputs.length).map((result) => ({ host: inSingle(result) }));
};

/** Integer arithmetic of the backends differs in overflow and in division: small tensors that the reference computes exactly. */
export const ofFloats =
  (lowering: Lowering): Lowering =>
  (context) =>
    context.inputTypes.every((type) => type === undefined || type.dtype === 'float32')
      ? lowering(context)
      : reference(context);
