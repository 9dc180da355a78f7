// npm run topology: the services of docker-compose.yml as processes of this machine, with Redis and Postgres of Debian,
// and the system tests of the team server on them (test/topology). Needs the packages redis-server and postgresql.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const vitest = join(root, 'node_modules', '.bin', 'vitest');
const { status } = spawnSync(vitest, ['run', '--project', 'topology', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
