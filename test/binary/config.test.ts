import { describe, expect, it } from 'vitest';
import { candidates, EXIT, FRANKFURT, IRELAND, startJourney } from '../support/journey.ts';

describe.concurrent('keyturn.yaml', () => {
  it('says what is assessed; a flag says it anew', async () => {
    const journey = await startJourney({
      keys: [...candidates(2), { region: IRELAND, description: 'elsewhere' }],
    });
    journey.write('keyturn.yaml', `regions: [${FRANKFURT}, ${IRELAND}]\nperiod: 180\nstore: team\n`);
    const both = await journey.run('assess', '--json');
    expect(both.json()).toMatchObject({ totals: { candidate: 3 } });
    const findings = await journey.findings();
    expect(findings.map(({ region }) => region)).toEqual([FRANKFURT, FRANKFURT, IRELAND]);
    const one = await journey.run('assess', '--json', '--region', IRELAND, '--period', '90');
    expect(one.json()).toMatchObject({ totals: { candidate: 1 } });
    expect((await journey.run('status', '--store', 'other')).code).toBe(EXIT.badInput);
  });

  it('gives way to the environment, and that to a flag; a misspelt variable is named', async () => {
    const journey = await startJourney({ keys: [...candidates(2), { region: IRELAND }] });
    journey.write('keyturn.yaml', `regions: [${FRANKFURT}]\n`);
    const env = { KEYTURN_REGION: IRELAND, KEYTURN_JSON: 'true', KEYTURN_PERIDO: '90' };
    const elsewhere = await journey.runWith(env, 'assess');
    expect(elsewhere.json()).toMatchObject({ totals: { candidate: 1 } });
    expect(elsewhere.stderr).toContain('KEYTURN_PERIDO (did you mean KEYTURN_PERIOD?)');
    const here = await journey.runWith(env, 'assess', '--region', FRANKFURT);
    expect(here.json()).toMatchObject({ totals: { candidate: 2 } });
    const refused = await journey.runWith({ ...env, KEYTURN_PERIOD: '90d' }, 'assess');
    expect([refused.code, refused.json()]).toMatchObject([
      EXIT.badInput,
      { error: { problems: [expect.stringMatching(/^KEYTURN_PERIOD: /)] } },
    ]);
  });

  it('is explained without a call to AWS', async () => {
    const journey = await startJourney();
    journey.write('keyturn.yaml', 'regions: all\norganization: true\n');
    const { code, stdout } = await journey.run('config', 'check');
    expect([code, journey.sandbox.log]).toEqual([EXIT.done, []]);
    expect(stdout).toMatch(/organization +true +keyturn.yaml, line 2/);
  });
});
