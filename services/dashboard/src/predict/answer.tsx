import { Card } from '../ui/card.tsx';

export interface Guess {
  readonly name: string;
  readonly probability: number;
}

interface AnswerProps {
  /** Per row, the likeliest first. */
  readonly rows: readonly (readonly Guess[])[];
  /** What the model computes, where it has no classes. */
  readonly outputs: readonly unknown[];
}

const mostGuesses = 5;

/** The top classes of every row with their probabilities, or the plain outputs. */
export function Answer({ rows, outputs }: AnswerProps) {
  return (
    <Card title="Answer">
      <div className="space-y-4 px-4 pb-4" aria-live="polite">
        {rows.map((guesses, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
          <div key={row}>
            {rows.length > 1 && <h3 className="mb-1 text-sm text-ink-faint">row {row + 1}</h3>}
            <ol className="space-y-1.5">
              {guesses.slice(0, mostGuesses).map(({ name, probability }) => (
                <li key={name} className="grid grid-cols-[6rem_minmax(0,1fr)_4rem] items-center gap-2">
                  <span className="truncate font-medium" title={name}>
                    {name}
                  </span>
                  <span className="h-3 overflow-hidden rounded-full bg-sunken">
                    <span className="block h-full bg-accent" style={{ width: `${probability * 100}%` }} />
                  </span>
                  <span className="text-right tabular-nums">{(probability * 100).toFixed(1)}%</span>
                </li>
              ))}
            </ol>
          </div>
        ))}
        {rows.length === 0 && (
          <pre className="max-h-80 overflow-auto rounded-lg bg-sunken p-3 text-sm">
            {JSON.stringify(outputs, null, 1)}
          </pre>
        )}
      </div>
    </Card>
  );
}
