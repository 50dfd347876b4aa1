/** The secret that writing needs: it comes in the link's fragment, once, and stays with this tab and this port. */
const KEY = 'keyturn-csrf';

export function takeSecret(): void {
  const given = /^#csrf=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, '', '/');
}

export const secret = (): string | null => sessionStorage.getItem(KEY);
