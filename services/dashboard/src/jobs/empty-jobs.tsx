import type { JobState } from '@descent/client';
import { Link } from 'wouter';
import { CommandLine } from '../ui/command-line.tsx';

export function EmptyJobs({ state }: { readonly state: JobState | null }) {
  return (
    <div className="rounded-xl border border-dashed border-line-strong px-4 py-12 text-center">
      {state === null ? (
        <>
          <h2 className="text-lg font-semibold">No training jobs yet</h2>
          <p className="mt-1 mb-5 text-ink-soft">Submit one from the terminal and watch it here:</p>
          <div className="mx-auto max-w-lg">
            <CommandLine command="descent submit examples/mnist-mlp.json --follow" />
          </div>
        </>
      ) : (
        <>
          <h2 className="text-lg font-semibold">No job is {state}</h2>
          <Link href="/" className="mt-2 inline-block text-accent underline">
            Show all jobs
          </Link>
        </>
      )}
    </div>
  );
}
