import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type DescentClient } from '@descent/client';
import { freePort } from '@descent/testkit';
import { type ComposeService, readCompose, root } from './compose-file.ts';
import { createPostgresCluster, programsOf, type User } from './debian-images.ts';
import { commandOf, readDockerfile } from './dockerfile.ts';
import { type RoundRobin, startRoundRobin } from './round-robin.ts';

export interface Topology {
  /** Of the n-th api, from 1; without a number of all of them, as other services reach them. By default with the first token. */
  client(api?: number, token?: string): DescentClient;
  /** Kills `api-1` and so on at once, and does not start it again. */
  kill(name: string): Promise<void>;
  start(name: string): Promise<void>;
  /** As `docker compose stop` does it, in the time that each service has. */
  stop(): Promise<void>;
  /** What a process has written. */
  logOf(name: string): string;
}

interface Replica {
  readonly name: string;
  readonly service: ComposeService;
  /** Port of the container → port of loopback. */
  readonly ports: ReadonlyMap<string, number>;
  child: ChildProcess | null;
}

const healthyWithinMs = 60_000;

/**
 * Runs the services of docker-compose.yml as processes of this machine, in the same order, with the same environment and
 * health checks, Redis and Postgres of Debian in place of their images. What differs is what a container would give:
 * host names and ports (each becomes a port of loopback), volumes (folders), and several replicas behind one name (a
 * round robin, as Docker's DNS).
 * @param scale as `docker compose up --scale`
 */
export async function startTopology(scale: Readonly<Record<string, number>>): Promise<Topology> {
  const folder = mkdtempSync(join(tmpdir(), 'descent-topology-'));
  // Postgres, which root may not run, has to come to its own.
  for (const passage of [folder, join(folder, 'volumes')]) {
    mkdirSync(passage, { recursive: true });
    chmodSync(passage, 0o711);
  }
  const services = readCompose('docker-compose.yml', {
    DESCENT_SERVICE_TOKEN: 'a-service-token-of-the-topology',
    POSTGRES_PASSWORD: 'of-the-topology',
  });
  const replicas = new Map<string, Replica>();
  const balancers = new Map<string, RoundRobin>();
  const environments = [...services.values()].flatMap(({ environment }) => Object.values(environment));
  /** Ports that a service listens on, as others and its own settings name them. */
  const portsOf = (service: ComposeService): string[] => {
    const asOthersSay = environments.flatMap((value) =>
      [...value.matchAll(new RegExp(`\\b${service.name}:(\\d+)`, 'g'))].map(([, port]) => port ?? ''),
    );
    const own = Object.entries(service.environment).flatMap(([name, value]) =>
      name.endsWith('_PORT')
        ? [value]
        : [...value.matchAll(/0\.0\.0\.0:(\d+)/g)].map(([, port]) => port ?? ''),
    );
    return [...new Set([...asOthersSay, ...own])];
  };
  for (const service of services.values()) {
    for (let n = 1; n <= (scale[service.name] ?? 1); n++) {
      const name = `${service.name}-${n}`;
      const ports = new Map<string, number>();
      for (const port of portsOf(service)) ports.set(port, await freePort());
      replicas.set(name, { name, service, ports, child: null });
    }
  }
  const replicasOf = (service: string) =>
    [...replicas.values()].filter((one) => one.service.name === service);
  for (const service of services.values()) {
    for (const port of portsOf(service)) {
      const targets = replicasOf(service.name).map(({ ports }) => ports.get(port) ?? 0);
      if (targets.length > 1) balancers.set(`${service.name}:${port}`, await startRoundRobin(targets));
    }
  }
  const portAt = (service: string, port: string): number =>
    balancers.get(`${service}:${port}`)?.port ?? replicasOf(service)[0]?.ports.get(port) ?? 0;

  /** A text of the compose file, as it has to read on this machine. */
  function here(text: string, { service, ports }: Replica): string {
    let result = text;
    for (const { source, target } of service.volumes) {
      if (result === target || result.startsWith(`${target}/`))
        result = join(folder, 'volumes', source) + result.slice(target.length);
    }
    if (ports.has(result)) return String(ports.get(result));
    result = result.replace(
      /(?:0\.0\.0\.0|127\.0\.0\.1):(\d+)/g,
      (_, port: string) => `127.0.0.1:${ports.get(port)}`,
    );
    if (result === '0.0.0.0') return '127.0.0.1';
    if (result.startsWith('/app/')) return join(root, result.slice('/app/'.length));
    return result.replace(/(?<=[/@])([a-z-]+):(\d+)/g, (all, host: string, port: string) =>
      services.has(host) ? `127.0.0.1:${portAt(host, port)}` : all,
    );
  }

  function environmentOf(replica: Replica, programs: string): NodeJS.ProcessEnv {
    const own = Object.entries(replica.service.environment).map(([name, value]) => [
      name,
      here(value, replica),
    ]);
    const path = [programs, process.env.PATH].filter((part) => part !== '').join(':');
    return { ...Object.fromEntries(own), PATH: path, HOME: folder, TMPDIR: folder };
  }

  async function start(name: string): Promise<void> {
    const replica = replicas.get(name);
    if (replica === undefined) throw new Error(`there is no ${name}`);
    const { service } = replica;
    const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    const { programs, extra, user } = programsOf(service);
    for (const { source } of service.volumes) {
      const volume = join(folder, 'volumes', source);
      mkdirSync(volume, { recursive: true, mode: 0o700 });
      if (user.uid !== undefined) chownSync(volume, user.uid, user.gid ?? user.uid);
    }
    const env = environmentOf(replica, programs);
    if (service.name === 'postgres')
      await createPostgresCluster(programs, here(service.volumes[0]!.target, replica), env, user);
    const command = [
      ...(service.command ?? commandOf(readDockerfile(service.build!.dockerfile), service.build!.target)),
      ...extra,
    ].map((part) => here(part, replica));
    const [program = '', ...args] =
      service.build === null ? command : [process.execPath, join(root, command[1]!)];
    // The shell ends with us, whatever happens, and takes the process along; signals reach the process itself.
    const guard =
      'exec 3<&0; "$@" < /dev/null & child=$!; (cat <&3; kill -KILL $child) > /dev/null 2>&1 & echo $child; wait $child';
    const child = spawn('sh', ['-c', guard, 'sh', program, ...args], {
      cwd: folder,
      env,
      ...user,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    replica.child = child;
    child.stderr.pipe(log);
    child.stdout.pipe(log);
    child.once('exit', () => child.stdin.destroy());
    await whenHealthy(replica, env, user);
  }

  async function whenHealthy(replica: Replica, env: NodeJS.ProcessEnv, user: User): Promise<void> {
    const [program = '', ...args] = replica.service.healthy.map((part) => here(part, replica));
    for (const begun = performance.now(); ; await delay(250)) {
      const isHealthy = await new Promise<boolean>((resolve) =>
        execFile(
          program === 'node' ? process.execPath : program,
          args,
          { env, ...user, cwd: folder },
          (error) => resolve(error === null),
        ),
      );
      if (isHealthy) return;
      const { child, name } = replica;
      if (child === null || child.exitCode !== null || performance.now() - begun > healthyWithinMs)
        throw new Error(`${name} is not healthy (exit code ${child?.exitCode}):\n${logOf(name)}`);
    }
  }

  const logOf = (name: string): string => {
    const file = join(folder, `${name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  /** The shell's first line says it. */
  const pidOf = (name: string): number =>
    Number(
      logOf(name)
        .split('\n')
        .findLast((line) => /^\d+$/.test(line)),
    );

  async function end(replica: Replica, signal: NodeJS.Signals, withinMs: number): Promise<void> {
    const { child, name } = replica;
    if (child === null) return;
    replica.child = null;
    const closed = once(child, 'close');
    process.kill(pidOf(name), signal);
    const isLate = await Promise.race([closed.then(() => false), delay(withinMs, true, { ref: false })]);
    if (isLate) child.stdin?.destroy();
    await closed;
    if (isLate) throw new Error(`${name} did not end within ${withinMs} ms:\n${logOf(name)}`);
  }

  async function stop(): Promise<void> {
    const failures: unknown[] = [];
    // As Compose does: who depends on others ends before them.
    for (const service of [...services.values()].reverse()) {
      const ending = replicasOf(service.name).map((replica) =>
        end(replica, service.stopSignal, 1000 * service.stopGraceSeconds).catch((error) =>
          failures.push(error),
        ),
      );
      await Promise.all(ending);
    }
    for (const balancer of balancers.values()) await balancer.close();
    rmSync(folder, { recursive: true, force: true });
    if (failures.length > 0) throw failures[0];
  }

  try {
    // The file names those that others depend on first; its tests hold that.
    for (const service of services.values()) {
      await Promise.all(replicasOf(service.name).map(({ name }) => start(name)));
    }
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  const token = readFileSync(join(folder, 'volumes', 'data', 'bootstrap-token'), 'utf8').trim();
  return {
    client(api, by = token) {
      const port = api === undefined ? portAt('api', '7100') : replicas.get(`api-${api}`)?.ports.get('7100');
      return createClient({ url: `http://127.0.0.1:${port}`, token: by });
    },
    kill: (name) => end(replicas.get(name)!, 'SIGKILL', 5000),
    start,
    stop,
    logOf,
  };
}
