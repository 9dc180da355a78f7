import { colourOf } from './palette.ts';

/** The colour of a compared job, by its place. */
export function Dot({ place }: { readonly place: number }) {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-2.5 shrink-0 rounded-full"
      style={{ background: colourOf(place) }}
    />
  );
}
