import { Link } from 'wouter';
import { CommandLine } from '../ui/command-line.tsx';

/** Nothing to list: because there is nothing yet, or because of how the list is looked at. */
export function EmptyJobs({ filtered }: { readonly filtered: boolean }) {
  return (
    <div className="rounded-xl border border-dashed border-line-strong px-4 py-12 text-center">
      {filtered ? (
        <>
          <h2 className="text-lg font-semibold">No job is like that</h2>
          <Link href="/" className="mt-2 inline-block text-accent underline">
            Show all jobs
          </Link>
        </>
      ) : (
        <>
          <h2 className="text-lg font-semibold">No training jobs yet</h2>
          <p className="mt-1 mb-5 text-ink-soft">
            Write one in the form, or submit one from the terminal and watch it here:
          </p>
          <div className="mx-auto max-w-lg">
            <CommandLine command="descent submit examples/mnist-mlp.json --follow" />
          </div>
        </>
      )}
    </div>
  );
}
