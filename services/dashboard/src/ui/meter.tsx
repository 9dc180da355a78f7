interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** null: without a limit. */
  readonly limit: number | null;
  readonly format: (value: number) => string;
}

/** How much of a limit is used; red where nothing is left. */
export function Meter({ label, value, limit, format }: MeterProps) {
  const share = limit === null || limit === 0 ? 0 : Math.min(1, value / limit);
  const fill = share >= 1 ? 'bg-bad' : share >= 0.8 ? 'bg-warn' : 'bg-accent';
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap justify-between gap-x-3 text-sm">
        <span className="text-ink-soft">{label}</span>
        <span className="tabular-nums">
          {format(value)}
          <span className="text-ink-faint">{limit === null ? ' · no limit' : ` of ${format(limit)}`}</span>
        </span>
      </div>
      {limit !== null && (
        <div aria-hidden="true" className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken">
          <div className={`h-full rounded-full ${fill}`} style={{ width: `${100 * share}%` }} />
        </div>
      )}
    </div>
  );
}
