import { type JobTiming, timePhases } from '@descent/contracts';
import { decimal, percent, table } from './format.ts';

/** Where the time of a micro-batch goes: one phase a line, with its share. */
export function describeTiming({ steps, microBatches, stepMs, phases }: JobTiming): string {
  const total = timePhases.reduce((sum, phase) => sum + phases[phase], 0);
  const rows = timePhases.map((phase) => [
    phase,
    `${decimal(phases[phase])} ms`,
    total === 0 ? '' : percent(phases[phase] / total),
  ]);
  return [
    `Mean over the latest ${steps} steps (${microBatches} micro-batches), one step every ${decimal(stepMs)} ms`,
    table([['phase of a micro-batch', 'time', 'share'], ...rows]),
  ].join('\n');
}

/** The same in one line: `queue 0.1  pull 2  … ms per micro-batch`. */
export function timingLine({ phases }: JobTiming): string {
  const parts = timePhases.map((phase) => `${phase} ${decimal(phases[phase])}`);
  return `${parts.join('  ')}  ms per micro-batch`;
}
