import type { Hono } from 'hono';
import type { Asset } from './host.ts';

const INDEX = '/index.html';

/** The page's own files, by the exact paths that there are: nothing is looked up on disk. */
export function addPage(app: Hono, assets: ReadonlyMap<string, Asset>): void {
  app.get('*', (context, next) => {
    const { path } = context.req;
    const asset = assets.get(path === '/' ? INDEX : path);
    if (!asset) return next();
    context.header('content-type', asset.type);
    return context.body(asset.bytes);
  });
}

/** The page itself, as text. */
export const indexOf = (assets: ReadonlyMap<string, Asset>): string =>
  new TextDecoder().decode(assets.get(INDEX)?.bytes);
