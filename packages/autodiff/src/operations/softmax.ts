import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { softmaxAlongAxis } from '../rules/softmax.ts';

/** ONNX Softmax along `axis` (−1). The gradient is y · (dy − Σ dy·y). */
export const softmax: Operation = softmaxAlongAxis(Math.exp, (context) => {
  const { graph, node } = context;
  const [dy, y] = [outputGradient(context), node.outputs[0]!];
  const axis = graph.integers([integer(node.attributes, 'axis', -1)]);
  const mean = graph.add('ReduceSum', [graph.add('Mul', [dy, y]), axis], { keepdims: 1 });
  return [graph.add('Mul', [y, graph.add('Sub', [dy, mean])])];
});
