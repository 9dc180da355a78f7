/**
 * A field behind the `#` of an address, which browsers send to nobody, and the rest: `http://host/#token=dsc_…` signs
 * in, `#join=dsj_…` accepts an invitation. null when there is none.
 */
export function readFragment(
  hash: string,
  name: 'token' | 'join',
): { readonly value: string; readonly rest: string } | null {
  const fields = hash.replace(/^#/, '').split('&');
  const field = fields.find((part) => part.startsWith(`${name}=`));
  if (field === undefined) return null;
  const value = decode(field.slice(name.length + 1)).trim();
  const rest = fields.filter((part) => part !== field && part !== '').join('&');
  return value === '' ? null : { value, rest: rest === '' ? '' : `#${rest}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
