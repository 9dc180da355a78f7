const key = 'descent.token';

/** The token of this tab (sessionStorage), or the one this browser remembers (localStorage). */
export function storedToken(): string | null {
  return attempt(() => sessionStorage.getItem(key) ?? localStorage.getItem(key));
}

export function storeToken(token: string, remember: boolean): void {
  forgetToken();
  attempt(() => (remember ? localStorage : sessionStorage).setItem(key, token));
}

export function forgetToken(): void {
  attempt(() => sessionStorage.removeItem(key));
  attempt(() => localStorage.removeItem(key));
}

/** A browser may block storage; the session then lasts as long as the page. */
function attempt<Value>(use: () => Value): Value | null {
  try {
    return use();
  } catch {
    return null;
  }
}
