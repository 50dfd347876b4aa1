import { describe, expect, it } from 'vitest';
import { manifestText, parseManifest, sumsText } from '../../src/evidence/manifest.ts';
import type { Loose } from './forge.ts';
import { manifestOf, textOf } from './forge.ts';
import { tell, tellShort } from './story.ts';

describe('a manifest', () => {
  const good = tell((story) => tellShort(story));

  it('is read back as it was written', async () => {
    const text = textOf(await good, 'manifest.json');
    expect(manifestText(parseManifest(text))).toBe(text);
  });

  const lies: Readonly<Record<string, (manifest: Loose) => void>> = {
    'of a rollout whose id is no name': (manifest) => Object.assign(manifest, { rollout: '../r' }),
    'that names a hidden file': ({ files }) => Object.assign(files[0], { name: '.plan.jsonl' }),
    'that names a directory': ({ files }) => Object.assign(files[0], { name: 'a/plan.jsonl' }),
    'that names a file above': ({ files }) => Object.assign(files[0], { name: '..' }),
    'that names a line end': ({ files }) => Object.assign(files[0], { name: 'plan.jsonl\n' }),
    'that names itself': ({ files }) => files.push({ ...files[0], name: 'manifest.json' }),
    'that names the sums': ({ files }) => files.push({ ...files[0], name: 'SHA256SUMS' }),
    'that names its signature': ({ files }) => files.push({ ...files[0], name: 'bundle.dsse.json' }),
    'that names no plan': ({ files }) => files.shift(),
    'with digests in capitals': ({ files }) =>
      Object.assign(files[0], { sha256: files[0].sha256.toUpperCase() }),
    'with a negative size': ({ files }) => Object.assign(files[0], { bytes: -1 }),
    'without entries': ({ journal }) => Object.assign(journal, { entries: 0 }),
    'with a field more': (manifest) => Object.assign(manifest, { note: '' }),
  };

  it.each(Object.entries(lies))('%s is none', async (_, lie) => {
    const manifest = structuredClone(manifestOf(await good));
    lie(manifest);
    expect(() => parseManifest(`${JSON.stringify(manifest)}\n`)).toThrow(
      expect.objectContaining({ code: 'evidence-manifest', where: 'manifest.json' }),
    );
  });

  it('comes last among its sums', () => {
    const files = [{ name: 'a', bytes: 1, sha256: 'f'.repeat(64) }];
    expect(sumsText(files, '0'.repeat(64))).toBe(`${'f'.repeat(64)}  a\n${'0'.repeat(64)}  manifest.json\n`);
  });
});
