export interface SchedulingSettings {
  /** After this long a worker-second counts half. */
  readonly halfLifeSeconds: number;
  /** What a team may have of the workers beyond its share after it wanted less, in worker-seconds. */
  readonly creditSeconds: number;
  /** The same in the line for places: a job's work counts there as a whole. */
  readonly placeCreditSeconds: number;
  /** What a gradient job costs while nobody has measured the job's own, in worker-seconds. */
  readonly gradientJobSeconds: number;
  /** What a training job costs while nobody knows, in worker-seconds. */
  readonly jobSeconds: number;
  /** One of so many places is kept for teams that hold none. */
  readonly placesPerKept: number;
  /** A job keeps its place at least this long before it may be asked to yield to a team that has none. */
  readonly tenureSeconds: number;
  /** A job that made no update for this long, although workers were there, frees its place when others wait. */
  readonly idleSeconds: number;
  /** A job that found no memory for this long has a server kept for it, or small jobs would pass it for ever. */
  readonly patienceSeconds: number;
}

export const defaultSettings: SchedulingSettings = {
  halfLifeSeconds: 3600,
  creditSeconds: 10,
  placeCreditSeconds: 600,
  gradientJobSeconds: 1,
  jobSeconds: 600,
  placesPerKept: 4,
  tenureSeconds: 30,
  idleSeconds: 600,
  patienceSeconds: 300,
};
