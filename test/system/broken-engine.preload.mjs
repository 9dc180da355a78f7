// Preloaded into every process of a stack: ONNX Runtime as it is when something below it is broken.
//   WRONG_WORKER=NAME    from some step on, what the worker of this name computes is wrong by a little, as with a broken memory cell:
//                        checksums, shapes and losses are as they should be
//   CRASHES_AT=ELEMENTS  every worker that computes a gradient of so many elements ends by SIGSEGV
import { createRequire } from 'node:module';

const { DESCENT_NAME, WRONG_WORKER, CRASHES_AT } = process.env;
/** Some steps of good work come first: they must stay. */
const rightRuns = 60;
/** Of a gradient. */
const fewestElements = 1_000;

/** Has `broken` called with the gradients of every run. */
function breakEngine(broken) {
  const engine = createRequire(new URL('../../packages/engines/package.json', import.meta.url));
  const { InferenceSession } = engine('onnxruntime-node');
  const create = InferenceSession.create.bind(InferenceSession);
  InferenceSession.create = async (...model) => {
    const session = await create(...model);
    const run = session.run.bind(session);
    session.run = async (feeds, fetches, ...options) => {
      try {
        return await run(feeds, fetches, ...options);
      } finally {
        const gradients = Object.values(fetches ?? {}).filter(
          (tensor) => tensor?.data.length >= fewestElements,
        );
        if (gradients.length > 0) broken(gradients);
      }
    };
    return session;
  };
}

let runs = 0;
if (CRASHES_AT !== undefined)
  breakEngine((gradients) => {
    if (gradients.some(({ data }) => data.length === Number(CRASHES_AT)))
      process.kill(process.pid, 'SIGSEGV');
  });
else if (DESCENT_NAME !== undefined && DESCENT_NAME === WRONG_WORKER)
  breakEngine((gradients) => {
    if (++runs > rightRuns) for (const { data } of gradients) data[7] += 0.125;
  });
