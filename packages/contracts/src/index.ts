export { Closed, OneOf } from './closed.ts';
export * from './data.ts';
export * from './internal.ts';
export * from './job.ts';
export * from './model-spec.ts';
export * from './optimizer.ts';
export * from './plan.ts';
export * from './queue.ts';
