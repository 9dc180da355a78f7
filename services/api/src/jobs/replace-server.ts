import type { ReplaceRequest } from '@descent/contracts';
import { activeJobs } from '@descent/storage';
import type { Context } from '../context.ts';
import { isHeld } from './job-state.ts';
import { loseSilentServer } from './lose-job.ts';

/** Gives up the jobs of parameter servers that are known to have ended, seconds before their silence would tell. */
export async function replaceServer(context: Context, { server, replaces }: ReplaceRequest): Promise<void> {
  const isGone = (name: string | null) => name === replaces || /^\.\d+$/.test(after(replaces, name));
  for (const job of await activeJobs(context.db, { waiting: [] })) {
    if (!isHeld(job.state) || !isGone(job.server)) continue;
    await loseSilentServer(context, job.id, job.heardAtMs ?? 0, `ended and was replaced by ${server}`);
  }
  context.wakeDispatcher();
}

function after(start: string, text: string | null): string {
  return text?.startsWith(start) ? text.slice(start.length) : '';
}
