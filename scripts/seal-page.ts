import { createHash } from 'node:crypto';

/**
 * Adds to each script and style sheet of a page the digest of its content: a browser runs no other.
 *
 * @param contentOf the content of a file by its path, without the slash at its beginning
 * @throws Error if the page names a file that there is not
 */
export function sealPage(html: string, contentOf: (path: string) => string | Uint8Array | undefined): string {
  return html.replace(/ (?:src|href)="\/([^"]+)"/g, (attribute, path: string) => {
    const content = contentOf(path);
    if (content === undefined) throw new Error(`there is no ${path}`);
    return `${attribute} integrity="sha384-${createHash('sha384').update(content).digest('base64')}"`;
  });
}
