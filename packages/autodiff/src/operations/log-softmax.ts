import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { softmaxAlongAxis } from '../rules/softmax.ts';

/** ONNX LogSoftmax along `axis` (−1). The gradient is dy − e^y · Σ dy. */
export const logSoftmax: Operation = softmaxAlongAxis(
  (logProbability) => logProbability,
  (context) => {
    const { graph, node } = context;
    const dy = outputGradient(context);
    const axis = graph.integers([integer(node.attributes, 'axis', -1)]);
    const total = graph.add('ReduceSum', [dy, axis], { keepdims: 1 });
    const weighted = graph.add('Mul', [graph.add('Exp', [node.outputs[0]!]), total]);
    return [graph.add('Sub', [dy, weighted])];
  },
);
