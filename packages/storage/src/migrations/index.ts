import { foundation } from './0001-foundation.ts';
import { models } from './0002-models.ts';
import { accounts } from './0003-accounts.ts';
import { usage } from './0004-usage.ts';
import { datasetUploads } from './0010-dataset-uploads.ts';
import { stepTimes } from './0011-step-times.ts';
import { organisedJobs } from './0012-organised-jobs.ts';
import { sessions } from './0013-sessions.ts';
import { webhooks } from './0014-webhooks.ts';
import { jobCurves } from './0020-job-curves.ts';
import { quarantine } from './0025-quarantine.ts';
import { cluster } from './0040-cluster.ts';
import { bestScores } from './0041-best-scores.ts';
import type { Migration } from './migration.ts';

/** Every migration, in the order they are applied. */
export const migrations: readonly Migration[] = [
  foundation,
  models,
  accounts,
  usage,
  datasetUploads,
  stepTimes,
  organisedJobs,
  sessions,
  webhooks,
  jobCurves,
  quarantine,
  cluster,
  bestScores,
];
