import type { Hono } from 'hono';
import type { Asset } from './host.ts';

/** The page's own files, by the exact paths that there are: nothing is looked up on disk. */
export function addPage(app: Hono, assets: ReadonlyMap<string, Asset>): void {
  app.get('*', (context, next) => {
    const { path } = context.req;
    const asset = assets.get(path === '/' ? '/index.html' : path);
    if (!asset) return next();
    context.header('content-type', asset.type);
    context.header('cache-control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    return context.body(asset.bytes);
  });
}
