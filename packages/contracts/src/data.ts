export * from './data/dataset.ts';
export * from './data/ingest.ts';
export * from './data/manifest.ts';
export * from './data/preview.ts';
export * from './data/report.ts';
export * from './data/settings.ts';
export * from './data/transforms.ts';
export * from './data/upload.ts';
