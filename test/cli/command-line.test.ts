import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, completeCommands, nextCommand } from '../../src/cli/show/command-line.ts';

const CALLED_AS = 'KEYTURN_CALLED_AS';
const id = '20261126-171221-fed1';
const store = '.keyturn';

describe('a printed command', () => {
  const before = process.env[CALLED_AS];
  beforeEach(() => {
    delete process.env[CALLED_AS];
  });
  afterEach(() => {
    if (before === undefined) delete process.env[CALLED_AS];
    else process.env[CALLED_AS] = before;
  });

  it('repeats store, profiles and configuration as they were given, in quotes if a shell needs them', () => {
    const options = { store: 'my store', profile: ['dev', 'prod eu'], config: 'team.yaml' };
    expect(commandLine(options, { id }, 'approve')).toBe(
      `keyturn approve --rollout ${id} --store 'my store' --profile dev --profile 'prod eu' --config team.yaml`,
    );
  });

  it.each([
    ['bin/keyturn', 'bin/keyturn'],
    ['/opt/my tools/keyturn', "'/opt/my tools/keyturn'"],
    ['npx keyturn', 'npx keyturn'],
  ])('is called as %s was', (called, written) => {
    process.env[CALLED_AS] = called;
    expect(commandLine({ store }, { id }, 'validate')).toBe(`${written} validate --rollout ${id}`);
  });

  it('hands on what the roles need and the record does not have, if the command takes it', () => {
    const options = { store, externalId: 'x 1', configureRoleName: 'changer' };
    expect(commandLine(options, { id }, 'configure')).toMatch(
      / --configure-role-name changer --external-id 'x 1'$/,
    );
    expect(commandLine(options, { id }, 'validate')).toMatch(new RegExp(`${id} --external-id 'x 1'$`));
    expect(commandLine(options, { id }, 'list outcomes')).toMatch(new RegExp(`${id}$`));
  });

  it('for each step is a whole command', () => {
    const of = (next: 'resume' | 'report') => nextCommand({ store: 's2' }, { rollout: id, next });
    expect(of('resume')).toBe(`keyturn assess --resume --rollout ${id} --store s2`);
    expect(of('report')).toBe(`keyturn report --out report-${id} --rollout ${id} --store s2`);
  });

  it('in the advice of an error is completed once, as far as its command takes the options', () => {
    process.env[CALLED_AS] = './bin/keyturn';
    const complete = (advice: string) => completeCommands(advice, { store: 's2', rollout: id });
    expect(complete('See keyturn assess --help.')).toBe('See keyturn assess --help.');
    expect(complete('Begin with: keyturn assess')).toBe('Begin with: ./bin/keyturn assess --store s2');
    expect(complete('Resume it with: keyturn assess --resume')).toBe(
      `Resume it with: ./bin/keyturn assess --resume --rollout ${id} --store s2`,
    );
    expect(complete('Approve keys with: keyturn approve')).toBe(
      `Approve keys with: ./bin/keyturn approve --rollout ${id} --store s2`,
    );
    expect(complete('Make one with: keyturn signing-key create FILE')).toBe(
      'Make one with: ./bin/keyturn signing-key create FILE',
    );
    const whole = commandLine({ store: 's2' }, { id }, 'approve');
    expect(complete(`Run ${whole}`)).toBe(`Run ${whole}`);
    expect(complete('There is no keyturn.yaml here.')).toBe('There is no keyturn.yaml here.');
  });
});
