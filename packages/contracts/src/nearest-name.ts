import { distance } from 'fastest-levenshtein';

/** The known name that was most likely meant, or undefined when none is near (more than a third of it differs). */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  if (given.length > 64) return undefined;
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const candidate = name.toLowerCase();
    const separation = distance(wanted, candidate);
    // Two slips in a word of four letters: a swap of neighbours (`adma`) counts as two.
    const allowed = Math.ceil(Math.max(wanted.length, candidate.length) / 3);
    if (separation <= allowed && separation < bestDistance) {
      best = name;
      bestDistance = separation;
    }
  }
  return best;
}
