import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { broadcastOrRefuse } from '../rules/broadcast.ts';
import { binary } from '../rules/element-wise.ts';
import { mismatch, sameDtypes } from '../rules/refuse.ts';

/** ONNX PRelu: x where x > 0, else slope · x; the slope broadcasts to X. At 0 the gradient is that of the slope's side. */
export const pRelu: Operation = binary({
  value: (x, slope) => (x > 0 ? x : slope * x),
  gradient: {
    a: ({ graph }, dy, x, slope) => {
      const positive = graph.add('Greater', [x, graph.scalar(0)]);
      return graph.add('Mul', [dy, graph.add('Where', [positive, graph.scalar(1), slope])]);
    },
    b: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Min', [x, graph.scalar(0)])]),
  },
  body: ({ graph }, x, slope) => {
    const positive = graph.add('Greater', [x, graph.scalar(0)]);
    return graph.add('Where', [positive, x, graph.add('Mul', [x, slope])]);
  },
  check: (context) => {
    sameDtypes(context);
    const [x, slope] = context.inputs.map((input) => input!.shape);
    if (sameShape(broadcastOrRefuse(context, [x!, slope!]), x!)) return;
    throw mismatch(context, `the slope ${renderShape(slope!)} does not broadcast to X ${renderShape(x!)}`);
  },
  dtypes: 'float',
});
