import { beforeAll, describe, expect, it } from 'vitest';
import { EVIDENCE_CODES } from '../../src/evidence/error.ts';
import { ATTACKS, trustFor } from './attacks.ts';
import { verdictOn } from './forge.ts';
import { APPROVER, type Files, MAKER, tell, tellWhole } from './story.ts';

describe('a bundle that was tampered with', () => {
  const good = {} as Record<'unsigned' | 'signed', Files>;
  beforeAll(async () => {
    good.unsigned = await tell((story) => tellWhole(story));
    good.signed = await tell((story) => tellWhole(story, { approver: APPROVER, maker: MAKER }));
  });

  it('was good before', async () => {
    expect(await verdictOn(good.unsigned)).toBe('accepted');
    expect(await verdictOn(good.signed, trustFor({ trust: 'either' }))).toBe('accepted');
    expect(await verdictOn(good.signed, trustFor({ trust: 'roles' }))).toBe('accepted');
  });

  it.each(ATTACKS)('$name: $about → $code', async ({ base, code, forge, ...attack }) => {
    const forged = await forge(good[base]);
    expect(forged).not.toEqual(good[base]);
    expect(await verdictOn(forged, trustFor(attack))).toBe(code);
    if (attack.trust) expect(await verdictOn(forged), 'without --trust').toBe('accepted');
  });

  it('is found under every code that there is', () => {
    expect(new Set(ATTACKS.map(({ code }) => code))).toEqual(new Set([...EVIDENCE_CODES, 'accepted']));
  });
});
