/** The secret that writing needs: the page that the link answers brings it, once, and it stays with this tab. */
const KEY = 'keyturn-csrf';

/** Takes the secret out of the page, and the link out of the address. */
export function takeSecret(): void {
  const given = document.querySelector<HTMLMetaElement>(`meta[name=${KEY}]`);
  if (!given) return;
  history.replaceState(null, '', '/');
  sessionStorage.setItem(KEY, given.content);
  given.remove();
}

export const secret = (): string | null => sessionStorage.getItem(KEY);
