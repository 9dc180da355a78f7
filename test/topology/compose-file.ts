import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What we read of a service in a compose file. */
export interface ComposeService {
  readonly name: string;
  readonly image: string;
  readonly build: { readonly dockerfile: string; readonly target?: string } | null;
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly { readonly source: string; readonly target: string }[];
  /** Of its health check, without `CMD`. */
  readonly healthy: readonly string[];
  readonly dependsOn: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly stopGraceSeconds: number;
  /** As it stands in the file. */
  readonly raw: Readonly<Record<string, unknown>>;
}

interface RawService {
  readonly extends?: { readonly file: string; readonly service: string };
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly target?: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly stop_signal?: NodeJS.Signals;
  readonly stop_grace_period?: string;
}

/** The file as Docker Compose would read it with these variables; `extends` between files of one folder included. */
export function readCompose(
  file: string,
  variables: Readonly<Record<string, string>>,
): Map<string, ComposeService> {
  const { services } = parseCompose(file, variables);
  return new Map(
    Object.entries(services).map(([name, own]) => {
      const base = own.extends && parseCompose(own.extends.file, variables).services[own.extends.service];
      const raw: RawService = { ...base, ...own, environment: { ...base?.environment, ...own.environment } };
      return [name, describe(name, raw)];
    }),
  );
}

/** With YAML's anchors and merge keys resolved, and the variables put in. */
export function parseCompose(
  file: string,
  variables: Readonly<Record<string, string>>,
): { services: Record<string, RawService> } {
  const document = parse(readFileSync(join(root, file), 'utf8'), { merge: true });
  return interpolate(document, variables) as { services: Record<string, RawService> };
}

function describe(name: string, raw: RawService): ComposeService {
  return {
    name,
    image: raw.image ?? name,
    build: raw.build ?? null,
    command: raw.command ?? null,
    environment: Object.fromEntries(
      Object.entries(raw.environment ?? {}).map(([variable, value]) => [variable, String(value)]),
    ),
    volumes: (raw.volumes ?? []).map((volume) => {
      const [source = '', target = ''] = volume.split(':');
      return { source, target };
    }),
    healthy: raw.healthcheck?.test.slice(1) ?? [],
    dependsOn: Object.keys(raw.depends_on ?? {}),
    stopSignal: raw.stop_signal ?? 'SIGTERM',
    stopGraceSeconds: Number.parseInt(raw.stop_grace_period ?? '10s', 10),
    raw: { ...raw },
  };
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?what is missing}`, as in the compose specification. */
function interpolate(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replace(
      /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
      (_, name: string, operator?: string, rest = '') => {
        const given = variables[name] ?? '';
        if (given === '' && operator === '?') throw new Error(`${name} is not set: ${rest}`);
        return given === '' && operator === '-' ? rest : given;
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, variables)]));
}
