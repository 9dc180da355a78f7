// Preloaded into every thread of a soak: what a process holds shows only when what it has let go is collected, which V8 would do
// once in some ten thousand steps.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const everyMs = 2_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setInterval(collect, everyMs).unref();
