export type { BackOff } from './back-off.ts';
export { createClient, type DescentClient } from './create-client.ts';
export type { DatasetsApi, UploadOptions, UploadType } from './datasets.ts';
export type { Download } from './download.ts';
export type { FollowOptions } from './follow.ts';
export type { paths } from './generated/api.ts';
export { type CallOptions, type Estimate, isEnded, type JobFilter, type JobsApi } from './jobs.ts';
export type { ClientOptions } from './transport.ts';
