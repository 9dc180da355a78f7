// npm run demo: sets everything up, then hands over to `descent demo`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const child = spawn(
  process.execPath,
  [join(root, 'packages/cli/bin/descent.js'), 'demo', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
// The terminal signals the whole group; the child decides when it is done, this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
