export { deleteAnnouncement, insertAnnouncement, listAnnouncements } from './announcements.ts';
export {
  type HeldArtifact,
  holdArtifacts,
  holdsArtifact,
  isHeld,
  releaseArtifacts,
} from './artifact-owners.ts';
export {
  type ArtifactPlace,
  type ArtifactStore,
  openArtifactStore,
  type S3Place,
  type StoredArtifact,
} from './artifacts/artifact-store.ts';
export { appendAudit, readAudit } from './audit.ts';
export {
  dropCheckpointsAfter,
  dropOldCheckpoints,
  listCheckpoints,
  putCheckpoint,
  setCheckpointScores,
} from './checkpoints.ts';
export { type Database, isPostgres, openDatabase } from './database/database.ts';
export type { WantedState, WorkerWish } from './database/tables.ts';
export {
  changeDataset,
  datasetVersions,
  deleteDataset,
  findDataset,
  findReport,
  ingestingDatasets,
  insertDataset,
  listDatasets,
  type NewDataset,
  storedDatasetBytes,
} from './datasets.ts';
export { appendEvents, latestEvent, readEvents } from './events.ts';
export {
  findIdempotent,
  forgetIdempotentBefore,
  type IdempotentRequest,
  insertIdempotent,
} from './idempotency.ts';
export { deleteInvite, findInvite, insertInvite, listInvites, useInvite } from './invites.ts';
export {
  changeCard,
  findCards,
  type JobCard,
  type JobSummary,
  listSummaries,
  renameJob,
  setStar,
} from './job-cards.ts';
export type { JobParameters } from './job-parameters.ts';
export {
  type ActiveJob,
  activeJobs,
  changeJob,
  countJobsByState,
  countOpenJobs,
  findJob,
  findJobs,
  insertJob,
  type JobChange,
  type JobGuard,
  type JobRecord,
  jobNames,
  jobsUsingDataset,
  queuedJobIds,
  readPlan,
} from './jobs.ts';
export { type LayerPoint, putLayers, readLayers } from './layers.ts';
export { type Locks, openLocks } from './locks/locks.ts';
export { changeRole, countStaff, findMember, insertMember, listMembers, removeMember } from './members.ts';
export { findScores, putPoints, readPoints } from './metrics.ts';
export { deleteModel, findModel, insertModel, listModels } from './models.ts';
export { type OwnedTable, owningTeam } from './owning-team.ts';
export {
  deleteParameterServer,
  listParameterServers,
  type ParameterServerRecord,
  putParameterServer,
} from './parameter-servers.ts';
export { listQuarantined, putQuarantined } from './quarantine.ts';
export {
  deleteSession,
  findSession,
  forgetSessionsBefore,
  insertSession,
  listSessions,
  type NewSession,
  noteSessionUse,
  sessionOwner,
  validSessions,
} from './sessions.ts';
export { findSparklines, putSparkline } from './sparklines.ts';
export { findTiming, findTrace, putTiming, putTrace } from './step-times.ts';
export {
  changeTeam,
  defaultTeamId,
  defaultTeamSettings,
  findTeam,
  findTeamByName,
  insertTeam,
  listTeams,
  storedBytesByTeam,
  type TeamRecord,
  teamTotals,
} from './teams.ts';
export {
  countTokens,
  findToken,
  insertToken,
  listTokens,
  type NewToken,
  noteTokenUse,
  revokeToken,
  type TokenRecord,
  tokenOwner,
  validTokens,
} from './tokens.ts';
export {
  deleteUpload,
  findUpload,
  insertUpload,
  listUploads,
  type UploadRecord,
  uploadsBefore,
} from './uploads.ts';
export { bookUsage, listUsage, usageByTeam } from './usage.ts';
export {
  type DueDelivery,
  deleteWebhook,
  findWebhook,
  forgetDeliveriesBefore,
  insertDelivery,
  insertWebhook,
  listDeliveries,
  listWebhooks,
  settleDelivery,
  takeDueDeliveries,
  webhooksFor,
} from './webhooks.ts';
export {
  changeWorker,
  deleteWorker,
  findWorker,
  findWorkerByName,
  forgetWorkersBefore,
  grantedJobs,
  grantJob,
  insertWorker,
  listWorkers,
  type OwnedWorker,
  type WorkerChange,
  type WorkerRecord,
} from './workers.ts';
