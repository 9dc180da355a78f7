export { type Admission, decideAdmission, type InLine } from './admission.ts';
export { type Foreseen, forecast, forecastInSteps } from './forecast.ts';
export {
  type Account,
  type Appetite,
  accountOf,
  advance,
  book,
  feed,
  type Ledger,
  openLedger,
} from './ledger.ts';
export { type LedgerRecord, recordLedger, restoreLedger, type StandingRecord } from './ledger-record.ts';
export { createOutlook, type Outlook, type Pace } from './outlook.ts';
export { queueUp } from './queue-up.ts';
export { type Release, type ReleaseCause, releaseCauses } from './releases.ts';
export { defaultSettings, type SchedulingSettings } from './settings.ts';
export type { Standing } from './standing.ts';
export { teamShares } from './team-shares.ts';
export { type GradientDemand, gradientTurns, priorityAt } from './turns.ts';
export {
  type Cluster,
  type SchedulingJob,
  type SchedulingState,
  type SchedulingView,
  type TeamSettings,
  unlimitedTeam,
} from './view.ts';
