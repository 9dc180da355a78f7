import { operationOf } from '@descent/autodiff';
import { type Lowering, type LoweringContext, single } from '../lowering.ts';
import { type OnnxAttribute, real } from '../model-writer.ts';

/** The ONNX operator of the same name computes the node as it stands. */
export const plain: Lowering = single((context) => {
  const { node, writer } = context;
  return writer.op(node.op, trimmed(context), onnxAttributes(context));
});

/** ONNX marks absent optional inputs at the end by leaving them out. */
function trimmed({ inputs }: LoweringContext): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((value) => value !== '') + 1);
}

function onnxAttributes({ node }: LoweringContext): Record<string, OnnxAttribute> {
  const kinds = operationOf(node.op).attributes;
  return Object.fromEntries(
    Object.entries(node.attributes).map(([name, value]) => [
      name,
      kinds[name] === 'real' ? real(value as number) : (value as OnnxAttribute),
    ]),
  );
}
