import type { InLine } from './admission.ts';
import type { Ledger } from './ledger.ts';
import { waitsForRoom } from './releases.ts';
import type { SchedulingSettings } from './settings.ts';
import { stand } from './standing.ts';
import { type SchedulingView, settingsOf } from './view.ts';

/**
 * Who wants places now, from the line of a decision. A team that its own limits keep from running is not hungry: it
 * gathers no credit by that.
 */
export function queueUp(
  ledger: Ledger,
  view: SchedulingView,
  line: readonly InLine[],
  settings: SchedulingSettings,
): Ledger {
  const hungry = new Map(
    line
      .filter(({ reason }) => waitsForRoom.has(reason))
      .map(({ job }) => [job.team, settingsOf(view, job.team).weight] as const),
  );
  const served = view.jobs.filter(({ state }) => state !== 'waiting').map(({ team }) => team);
  return { ...ledger, places: stand(ledger.places, hungry, served, settings.placeCreditSeconds) };
}
