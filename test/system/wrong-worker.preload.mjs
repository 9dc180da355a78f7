// Preloaded into every process of a stack: from some computation on, what the worker of this name computes is wrong by a little, as
// with a broken memory cell. Checksums, shapes and losses are as they should be.
import { createRequire } from 'node:module';

const { DESCENT_NAME, WRONG_WORKER } = process.env;
/** Some steps of good work come first: they must stay. */
const rightRuns = 60;
/** Gradients are larger than whatever an engine tries out on its device. */
const fewestElements = 1_000;

if (DESCENT_NAME !== undefined && DESCENT_NAME === WRONG_WORKER) {
  const engine = createRequire(new URL('../../packages/engines/package.json', import.meta.url));
  const { InferenceSession } = engine('onnxruntime-node');
  const create = InferenceSession.create.bind(InferenceSession);
  let runs = 0;
  InferenceSession.create = async (...model) => {
    const session = await create(...model);
    const run = session.run.bind(session);
    session.run = async (feeds, fetches, ...options) => {
      try {
        return await run(feeds, fetches, ...options);
      } finally {
        const large = Object.values(fetches ?? {}).filter((tensor) => tensor?.data.length >= fewestElements);
        if (large.length > 0 && ++runs > rightRuns) for (const { data } of large) data[7] += 0.125;
      }
    };
    return session;
  };
}
