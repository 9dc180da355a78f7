/**
 * A recurrent classifier with attention, written as a function: loops and conditions are ordinary code, which runs once
 * when the model is traced. What is sent is the resulting spec; the service runs no code of yours.
 *
 *     node --import tsx examples/tracing/recurrent-classifier.ts > model.json
 */
import { type Traced, type Tracer, trace } from '@descent/client';

export interface ClassifierSize {
  readonly time: number;
  readonly features: number;
  readonly units: number;
  readonly classes: number;
  readonly attention: boolean;
}

/** x · w + b over the last axis. */
function linear(t: Tracer, x: Traced, name: string, units: number): Traced {
  const features = x.shape?.at(-1);
  if (typeof features !== 'number') throw new TypeError(`${x} has no axis of features`);
  return t.scope(name, () => x.matmul(t.parameter('w', [features, units])).add(t.parameter('b', [units])));
}

/** Mean 0 and variance 1 along the last axis. */
function layerNorm(t: Tracer, x: Traced, name: string): Traced {
  const features = x.shape?.at(-1) as number;
  return t.scope(name, () => {
    const centred = x.sub(x.mean([-1], { keepDims: true }));
    const deviation = centred.mul(centred).mean([-1], { keepDims: true }).add(1e-5).sqrt();
    const gain = t.parameter('gain', [features], { initializer: 'ones' });
    return centred
      .div(deviation)
      .mul(gain)
      .add(t.parameter('shift', [features]));
  });
}

/** Weighted mean of the states, [batch, time, units] → [batch, units]: the last state asks, all states answer. */
function attend(t: Tracer, states: Traced, units: number): Traced {
  const query = linear(t, states.at(1, -1), 'query', units);
  // A bias of the key would move all scores alike, which softmax does not see.
  const key = states.matmul(t.parameter('key', [units, units]));
  const scores = key
    .matmul(query.unsqueeze([2]))
    .squeeze([2])
    .div(Math.sqrt(units));
  return scores.softmax().unsqueeze([1]).matmul(states).squeeze([1]);
}

export function recurrentClassifier({ time, features, units, classes, attention }: ClassifierSize) {
  return trace(
    { inputs: { x: [time, features] }, loss: 'softmaxCrossEntropy', labels: 'label', metrics: ['accuracy'] },
    (t, { x }) => {
      const input = t.parameter('input', [features, units]);
      const recurrent = t.parameter('recurrent', [units, units], { initializer: 'orthogonal' });
      const states: Traced[] = [];
      for (let step = 0; step < time; step += 1) {
        const before = states.at(-1);
        const seen = x.at(1, step).matmul(input);
        states.push((before === undefined ? seen : seen.add(before.matmul(recurrent))).tanh());
      }
      const [first, ...others] = states.map((state) => state.unsqueeze([1])) as [Traced, ...Traced[]];
      const all = t.concat([first, ...others], 1);
      const summary = attention ? attend(t, all, units) : all.at(1, -1);
      return linear(t, layerNorm(t, summary, 'norm'), 'out', classes).named('logits');
    },
  );
}

if (import.meta.filename === process.argv[1]) {
  const spec = recurrentClassifier({ time: 8, features: 4, units: 16, classes: 3, attention: true });
  process.stdout.write(`${JSON.stringify(spec, null, 2)}\n`);
}
