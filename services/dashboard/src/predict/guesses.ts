import type { Prediction } from '@descent/client';
import type { Guess } from './answer.tsx';

/** Classes of every row, the likeliest first; none for a model that does not tell classes apart. */
export function guessesOf({ probabilities, classNames }: Prediction): readonly (readonly Guess[])[] {
  if (probabilities === null) return [];
  return probabilities.flatMap((row): (readonly Guess[])[] => {
    if (!Array.isArray(row) || !row.every((value) => typeof value === 'number')) return [];
    const named = row.map(
      (probability, index): Guess => ({ name: classNames?.[index] ?? String(index), probability }),
    );
    return [named.toSorted((a, b) => b.probability - a.probability)];
  });
}
