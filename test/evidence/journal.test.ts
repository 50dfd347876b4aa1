import { beforeAll, describe, expect, it } from 'vitest';
import { TRUSTED } from './attacks.ts';
import {
  chained,
  journalOf,
  type Loose,
  remade,
  sealed,
  signed,
  verdictOn,
  withFile,
  withJournal,
} from './forge.ts';
import { APPROVER, type Files, MAKER, STRANGER, tell, tellWhole } from './story.ts';

/** What a forger does to one entry. */
const DEEDS: Readonly<Record<string, (entries: readonly Loose[], index: number) => Loose[]>> = {
  'dated otherwise': (entries, index) =>
    entries.with(index, { ...entries[index], at: '2026-11-23T00:00:00.000Z' }),
  dropped: (entries, index) => entries.toSpliced(index, 1),
  'swapped with the next': (entries, index) =>
    entries.toSpliced(index, 2, ...entries.slice(index, index + 2).reverse()),
  repeated: (entries, index) => entries.toSpliced(index, 0, entries[index]),
  'the end': (entries, index) => entries.slice(0, index + 1),
};

/**
 * What is found in an unsigned bundle where the chain, the manifest and the sums were made anew, entry by entry: codes
 * without `evidence-`. `accepted`: another story, as consistent as the true one; the same work in another order, mostly.
 */
const FOUND: Readonly<Record<string, string>> = {
  'dated otherwise':
    'entry accepted report entry entry accepted entry entry entry entry entry entry accepted entry entry',
  dropped:
    'entry entry approval unapproved-change report unapproved-change outcome outcome outcome verdict verdict report verdict report report',
  'swapped with the next':
    'entry entry approval accepted accepted unapproved-change accepted accepted accepted accepted accepted accepted verdict accepted',
  repeated:
    'entry accepted entry approval approval accepted outcome outcome outcome outcome outcome accepted entry accepted accepted',
  'the end':
    'report report report report report report report report report report report report report report',
};

describe('each entry of the journal', () => {
  let good: Files;
  let entries: readonly Loose[];
  beforeAll(async () => {
    good = await tell((story) => tellWhole(story, { approver: APPROVER, maker: MAKER }));
    entries = journalOf(good);
  });

  const deeds = Object.entries(DEEDS);
  /** Every journal that differs from the true one by one deed. */
  function* forgeries(deed: (typeof DEEDS)[string]) {
    for (const [index, { kind }] of entries.entries()) {
      const forged = deed(entries, index);
      if (JSON.stringify(forged) !== JSON.stringify(entries)) yield { forged, kind: `${index + 1} ${kind}` };
    }
  }
  const isSame = (one: Files, other: Files) =>
    [...one].every(([name, bytes]) => other.get(name)?.equals(bytes));
  const unsigned = (files: Files) => withFile(files, 'bundle.dsse.json', undefined);

  it.each(deeds)('%s: the manifest shows it', async (_, deed) => {
    for (const { forged, kind } of forgeries(deed)) {
      expect(await verdictOn(withJournal(good, forged)), kind).toBe('evidence-file-changed');
    }
  });

  it.each(deeds)(
    '%s, the manifest made anew: the chain, the entry itself or the reports show it',
    async (_, deed) => {
      for (const { forged, kind } of forgeries(deed)) {
        const verdict = await verdictOn(unsigned(sealed(withJournal(good, forged))));
        expect(['evidence-chain', 'evidence-entry', 'evidence-report'], kind).toContain(verdict);
      }
    },
  );

  it.each(deeds)(
    '%s, the chain made anew too: the history or the reports show it, if it matters',
    async (name, deed) => {
      const found: string[] = [];
      for (const { forged } of forgeries(deed)) {
        found.push((await verdictOn(unsigned(sealed(chained(good, forged))))).replace('evidence-', ''));
      }
      expect(found).toEqual(FOUND[name]?.split(' '));
    },
  );

  it.each(deeds)('%s, and all made anew: only the signature shows it', async (_, deed) => {
    let consistent = 0;
    for (const { forged, kind } of forgeries(deed)) {
      const retold = await remade(sealed(chained(good, forged))).catch(() => undefined);
      if (!retold || isSame(retold, good)) continue;
      if ((await verdictOn(unsigned(retold))) !== 'accepted') continue;
      consistent += 1;
      expect(await verdictOn(retold), kind).toBe('evidence-signature');
      expect(await verdictOn(unsigned(retold), { trust: TRUSTED }), kind).toBe('evidence-untrusted');
      expect(await verdictOn(signed(retold, STRANGER), { trust: TRUSTED }), kind).toBe('evidence-untrusted');
    }
    expect(consistent).toBeGreaterThan(0);
  });
});
