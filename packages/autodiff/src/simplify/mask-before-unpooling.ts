import type { Graph } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/**
 * ReluGrad(MaxPoolGrad(dY, X, Y), X) = MaxPoolGrad(ReluGrad(dY, Y), X, Y): the element of X that a window passes its
 * gradient to has the value of Y there, so the mask can be applied to the pooled gradient, a fraction of the size
 * (a quarter for windows of 2 × 2). The Relu itself stays before the pooling, where engines fuse it with the convolution.
 */
export function maskBeforeUnpooling(graph: Graph): Graph {
  return rewrite(graph, (node, { producer, uses, insert, type }) => {
    if (node.op !== 'ReluGrad') return undefined;
    const [gradient, activation] = node.inputs;
    const unpool = producer(gradient!);
    if (unpool?.op !== 'MaxPoolGrad' || unpool.inputs[1] !== activation || uses(gradient!) > 1) {
      return undefined;
    }
    const [dy, x, y] = unpool.inputs;
    const masked = insert({ op: 'ReluGrad', inputs: [dy!, y!], attributes: {} }, type(dy!));
    return { node: { op: 'MaxPoolGrad', inputs: [masked, x!, y!], attributes: unpool.attributes } };
  });
}
