// The embedded queue server, as a process of its own: `node embedded/main.mjs /path/of/the.sock`.
// Plain JavaScript outside src/, so that its path is the same from the sources and from the build.
// Not the package's own command line: that one listens on every interface, without a password.
import { chmodSync, rmSync } from 'node:fs';
import {
  createRedisCommandExecutor,
  RedisServerState,
  Resp2Server,
  resolveCompatibilityProfile,
} from 'js-redis-server/core';

const path = process.argv[2];
if (path === undefined) throw new Error('usage: main.mjs /path/of/the.sock');

const compatibility = resolveCompatibilityProfile(undefined);
const { server } = new Resp2Server({
  server: new RedisServerState({ databaseCount: 1, compatibility }),
  executor: createRedisCommandExecutor({ compatibility }),
});
// Left behind by a process that was killed; whoever starts us twice on one path is the supervisor's mistake.
rmSync(path, { force: true });
server.listen({ path }, () => chmodSync(path, 0o600));
