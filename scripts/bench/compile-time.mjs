// How long it takes from a spec to a program that can train: forward graph, backward graph, ONNX model, session. Runs on
// the built packages.
import { createOnnxEngine } from '@descent/engines';
import { compileModel, trainingGraph } from '@descent/models';

const spec = {
  inputs: { text: { shape: [64], dtype: 'int32' } },
  layers: [
    { type: 'embedding', name: 'symbols', vocabulary: 256, units: 128 },
    { type: 'positionalEmbedding', name: 'positions' },
    {
      type: 'repeat',
      name: 'block',
      times: 12,
      layers: [{ type: 'transformerBlock', heads: 4, causal: true }],
    },
    { type: 'dense', name: 'logits', units: 256 },
  ],
  loss: { type: 'softmaxCrossEntropy', labels: 'next' },
};

const engine = await createOnnxEngine({ threads: 1 });
const runs = [];
for (let run = 0; run < 5; run += 1) {
  const started = performance.now();
  const graph = trainingGraph(compileModel(spec));
  const derived = performance.now();
  const program = await engine.compile(graph, { batch: 8 + run });
  const ended = performance.now();
  await program.release();
  runs.push({
    nodes: graph.nodes.length,
    graphMs: derived - started,
    sessionMs: ended - derived,
    totalMs: ended - started,
  });
}
const median = (name) => runs.map((run) => run[name]).toSorted((a, b) => a - b)[2];
console.log(
  JSON.stringify({
    nodes: runs[0].nodes,
    firstMs: runs[0].totalMs,
    graphMs: median('graphMs'),
    sessionMs: median('sessionMs'),
    totalMs: median('totalMs'),
  }),
);
await engine.dispose();
