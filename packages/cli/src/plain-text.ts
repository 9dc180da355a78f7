/** Names and messages of others, shown on a terminal: control characters would be commands to it. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
