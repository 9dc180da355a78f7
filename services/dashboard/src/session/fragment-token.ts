/** The token of a link such as `http://host/#token=dsc_…`, and the address without it; null when there is none. */
export function readFragmentToken(hash: string): { readonly token: string; readonly rest: string } | null {
  const fields = hash.replace(/^#/, '').split('&');
  const field = fields.find((part) => part.startsWith('token='));
  if (field === undefined) return null;
  const token = decode(field.slice('token='.length)).trim();
  const rest = fields.filter((part) => part !== field && part !== '').join('&');
  return token === '' ? null : { token, rest: rest === '' ? '' : `#${rest}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
