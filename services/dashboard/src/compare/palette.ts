/** Colours that stay apart in both themes and for most colour-blind eyes. A job keeps the colour of its place in the address. */
const palette = [
  'light-dark(#2f4fd0, #8aa4ff)',
  'light-dark(#c2570c, #ffab61)',
  'light-dark(#137a45, #5fd193)',
  'light-dark(#a1268a, #f08ad9)',
  'light-dark(#8a5a00, #f0b952)',
  'light-dark(#0e7490, #67d3ea)',
  'light-dark(#b42318, #ff8a7e)',
  'light-dark(#526072, #b6bfca)',
] as const;

export const mostCompared = palette.length;

export function colourOf(place: number): string {
  return palette[place % palette.length] ?? palette[0];
}
