import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers: `weights hash`. */
  readonly name: string;
}

export function CopyButton({ text, name }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');

  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), 1500);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      // Over plain HTTP from another host browsers have no clipboard: the older way still works there.
      setOutcome(copyBySelection(text) ? 'copied' : 'refused');
    }
  }

  const words = { idle: 'Copy', copied: 'Copied', refused: 'Not allowed' }[outcome];
  return (
    <Button
      look="quiet"
      className="min-h-7 px-2 py-0.5 text-sm"
      onClick={copy}
      aria-label={`${words} ${name}`}
    >
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'sr-only';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
