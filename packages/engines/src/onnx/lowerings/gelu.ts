import { input, type Lowering, single } from '../lowering.ts';

/** onnxruntime's fused kernels: one pass over memory where the function body takes five. */
export const gelu: Lowering = single((context) => {
  const { node, writer } = context;
  return writer.fused(node.attributes.approximate === 'tanh' ? 'FastGelu' : 'Gelu', [input(context, 0)], {});
});
