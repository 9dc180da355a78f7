import { distance } from 'fastest-levenshtein';

/** The known name a person may have meant. Two edits cover swapped letters; of three letters only one may be wrong. */
export function nearestName(given: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const edits = distance(given.toLowerCase(), name.toLowerCase());
    const allowed = name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3));
    if (edits < fewest && edits <= allowed) {
      nearest = name;
      fewest = edits;
    }
  }
  return nearest;
}
