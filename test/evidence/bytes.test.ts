import { beforeAll, describe, expect, it } from 'vitest';
import { EvidenceError } from '../../src/evidence/error.ts';
import { verifyFiles } from '../../src/evidence/files.ts';
import { BUNDLE_SIGNATURE, MANIFEST, parseManifest, SUMS, sumsText } from '../../src/evidence/manifest.ts';
import { verifySignatures } from '../../src/evidence/signatures.ts';
import { bundleOf, manifestOf, sha256, textOf, verdictOn, verify, withFile } from './forge.ts';
import { APPROVER, type Files, MAKER, tell, tellShort } from './story.ts';

/** What a byte is changed by: another character, and the other case of a letter. */
const FLIPS = [0x01, 0x20];

describe('every single byte of a signed bundle', () => {
  let good: Files;
  beforeAll(async () => {
    good = await tell((story) => tellShort(story, { approver: APPROVER, maker: MAKER }));
  });

  /** Each byte of a file changed, in place: whatever looks has to look before the next. */
  function* spoilt(name: string): Generator<{ bytes: Buffer; where: string }> {
    const bytes = Buffer.from(good.get(name) ?? '');
    for (let index = 0; index < bytes.length; index++) {
      for (const flip of FLIPS) {
        bytes.writeUInt8(bytes.readUInt8(index) ^ flip, index);
        yield { bytes, where: `${name} byte ${index} ^ ${flip}` };
        bytes.writeUInt8(bytes.readUInt8(index) ^ flip, index);
      }
    }
  }

  it('counts in the files that the manifest names, and in SHA256SUMS', async () => {
    const manifest = manifestOf(good);
    const digest = sha256(textOf(good, MANIFEST));
    let tried = 0;
    for (const name of [...manifest.files.map((file) => file.name), SUMS]) {
      // One file with its own sums: the whole would be read anew for each of its bytes.
      const files = manifest.files.filter((file) => file.name === name || name === SUMS);
      const rest: Files = name === SUMS ? good : new Map([[SUMS, Buffer.from(sumsText(files, digest))]]);
      for (const { bytes, where } of spoilt(name)) {
        const spoiltBundle = bundleOf(new Map([...rest, [name, bytes]]));
        const found = await verifyFiles(spoiltBundle, { ...manifest, files }, digest).catch((error) => error);
        if (found?.code !== 'evidence-file-changed' || found.where !== name) expect.fail(where);
        tried += 1;
      }
    }
    const bytes = [...good.values()].reduce((total, file) => total + file.length, 0);
    expect(tried).toBeGreaterThan(bytes);
  });

  it('counts in the manifest', async () => {
    for (const { bytes, where } of spoilt(MANIFEST)) {
      const found = await verdictOfManifest(bytes);
      if (found !== 'evidence-manifest' && !found.startsWith('evidence-file-'))
        expect.fail(`${where}: ${found}`);
    }
  });

  /** As verifyBundle does: parsed, then SHA256SUMS has to follow from it. */
  async function verdictOfManifest(bytes: Buffer): Promise<string> {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      const manifest = parseManifest(bytes.toString());
      await verifyFiles(bundleOf(withFile(good, MANIFEST, bytes)), manifest, sha256(bytes));
      return 'accepted';
    } catch (error) {
      if (error instanceof EvidenceError) return error.code;
      if (error instanceof TypeError) return verdictOn(withFile(good, MANIFEST, bytes));
      throw error;
    }
  }

  it('counts in the signature', async () => {
    const { history, manifest } = await verify(good);
    const digest = sha256(textOf(good, MANIFEST));
    const check = (text: string) => verifySignatures(history.approvals, manifest.rollout, digest, text);
    expect(check(textOf(good, BUNDLE_SIGNATURE)).bundle).toBeDefined();
    for (const { bytes, where } of spoilt(BUNDLE_SIGNATURE)) {
      try {
        check(bytes.toString());
      } catch (error) {
        if (error instanceof EvidenceError && error.code === 'evidence-signature') continue;
        throw error;
      }
      expect.fail(where);
    }
  });
});
