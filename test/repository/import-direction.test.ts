import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Packages by level: one may import from lower levels only (docs/architecture.md, "Layers"). */
const levels = [
  ['errors', 'observability'],
  ['configuration', 'contracts', 'tensors'],
  ['autodiff', 'optimizers', 'datasets', 'scheduling', 'queue', 'gradient-channel', 'storage', 'onnx-format'],
  ['models', 'engines'],
  ['interchange'],
  ['client'],
  ['testkit'],
  ['api', 'parameter-server', 'worker', 'dashboard', 'cli'],
  ['trainer'],
] as const;
const levelOf = new Map<string, number>(
  levels.flatMap((names, level) => names.map((name) => [name, level] as const)),
);
/** Within a level these may still be used by their siblings. */
const withinLevel = new Set(['contracts → errors', 'tensors → errors']);

/** The only importers of a library that we keep behind our own names. */
const soleImporters: Record<string, string> = {
  bullmq: 'queue',
  ioredis: 'queue',
  'onnxruntime-node': 'engines',
  '@tensorflow/tfjs-core': 'engines',
  '@tensorflow/tfjs-backend-cpu': 'engines',
  '@tensorflow/tfjs-backend-wasm': 'engines',
  kysely: 'storage',
  libsql: 'storage',
  pg: 'storage',
  '@aws-sdk/client-s3': 'storage',
  '@aws-sdk/lib-storage': 'storage',
  protobufjs: 'onnx-format',
  'protobufjs/minimal.js': 'onnx-format',
};

interface Import {
  readonly from: string;
  readonly file: string;
  readonly specifier: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'generated'].includes(entry.name) ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(kind: 'packages' | 'services'): Import[] {
  return readdirSync(join(root, kind)).flatMap((from) =>
    sources(join(root, kind, from, 'src')).flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      const statements = text.matchAll(/^(?:import|export)\s(?:[^'"]*?\sfrom\s)?'([^']+)'/gm);
      const expressions = text.matchAll(/\bimport\('([^']+)'\)/g);
      const specifiers = [...statements, ...expressions].map((match) => match[1]!);
      return specifiers.map((specifier) => ({ from, file: relative(root, path), specifier }));
    }),
  );
}

const imports = [...importsOf('packages'), ...importsOf('services')];
/** What we write for other runtimes is tried in them. */
const triesExports = ({ file }: Import) =>
  /^packages\/interchange\/src\/.*(\.test|export\/testing)\.ts$/.test(file);
const isTest = ({ file }: Import) => /\.test\.tsx?$/.test(file);

test('every package has a level', () => {
  const names = ['packages', 'services'].flatMap((kind) => readdirSync(join(root, kind)));
  expect(names.filter((name) => !levelOf.has(name))).toEqual([]);
});

test('imports go from higher levels to lower ones', () => {
  const wrong = imports.filter((one) => {
    const to = /^@descent\/([^/]+)/.exec(one.specifier)?.[1];
    if (to === undefined || isTest(one) || withinLevel.has(`${one.from} → ${to}`)) return false;
    return levelOf.get(to)! >= levelOf.get(one.from)!;
  });
  expect(wrong).toEqual([]);
});

test('packages are imported by name only', () => {
  const deep = imports.filter(({ specifier }) => /^@descent\/[^/]+\//.test(specifier));
  expect(deep).toEqual([]);
});

test('what a package imports is in its package.json', () => {
  const missing = imports.filter(({ file, specifier }) => {
    if (specifier.startsWith('.') || specifier.startsWith('node:') || specifier.startsWith('virtual:'))
      return false;
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const own = JSON.parse(
      readFileSync(join(root, file.split('/').slice(0, 2).join('/'), 'package.json'), 'utf8'),
    );
    const shared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const known = { ...own.dependencies, ...own.devDependencies, ...shared.devDependencies };
    return !(name in known);
  });
  expect(missing).toEqual([]);
});

test('a library that is kept behind our own names has one importer', () => {
  const wrong = imports.filter((one) => {
    const owner = soleImporters[one.specifier];
    return owner !== undefined && owner !== one.from && !triesExports(one);
  });
  expect(wrong).toEqual([]);
});

test('only main.ts and config.ts read the environment or end the process', () => {
  const wrong = ['packages', 'services']
    .flatMap((kind) => sources(join(root, kind)))
    .filter((path) => /\/src\//.test(path) && !/\/(main|config)\.ts$|\.test\.tsx?$/.test(path))
    .filter((path) => !/\/packages\/testkit\//.test(path))
    // Programs that are shown as text read their own environment.
    .filter((path) => !path.endsWith('client/src/snippets.ts'))
    .filter((path) => /process\.(env|exit)\b/.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path));
  expect(wrong).toEqual([]);
});
