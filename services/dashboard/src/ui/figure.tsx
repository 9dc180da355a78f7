import type { ReactNode } from 'react';

interface FigureProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** One number with its name. Stands in a `<dl>`. */
export function Figure({ label, children, className = '' }: FigureProps) {
  return (
    <div className={`min-w-0 ${className}`}>
      <dt className="truncate text-xs text-ink-faint">{label}</dt>
      <dd className="truncate tabular-nums">{children}</dd>
    </div>
  );
}
