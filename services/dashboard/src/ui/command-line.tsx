import { CopyButton } from './copy-button.tsx';

/** A line for the terminal, ready to copy. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className="flex max-w-full items-center gap-2 rounded-lg bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 text-left font-mono text-sm break-words whitespace-pre-wrap">
        {command}
      </code>
      <CopyButton text={command} name="command" />
    </div>
  );
}
