import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandPath } from '../../src/cli/help.ts';
import { describeMisuse, Misuse } from '../../src/cli/misuse.ts';
import { buildProgram } from '../../src/cli/parser.ts';

const build = () => {
  let help = '';
  const program = buildProgram(
    async () => {},
    (text) => {
      help += text;
    },
  );
  return { program, help: () => help };
};

const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];
const leaves = (program: Command) => commandsOf(program).filter(({ commands }) => commands.length === 0);

async function helpOf(...args: string[]): Promise<string> {
  const { program, help } = build();
  await expect(program.parseAsync([...args, '--help'], { from: 'user' })).rejects.toBeInstanceOf(Misuse);
  return help();
}

async function misuseOf(...args: string[]) {
  const { program } = build();
  const misuse = await program.parseAsync(args, { from: 'user' }).catch((error: unknown) => error);
  if (!(misuse instanceof Misuse)) throw misuse;
  return describeMisuse(misuse, args);
}

describe('the help', () => {
  it('of each command has examples of it, the exit codes and the page, and says no default of false', async () => {
    for (const command of commandsOf(build().program)) {
      const path = commandPath(command);
      const help = await helpOf(...(path === 'keyturn' ? [] : path.split(' ')));
      expect(help, path).toMatch(
        path === 'keyturn' ? /Examples:\n {2}\S/ : new RegExp(`Examples:\n {2}\\S+ ${path}`),
      );
      expect(help, path).toMatch(/docs\/command-line\.md/);
      if (path !== 'keyturn') expect(help, path).toMatch(/Exit codes: 0 done/);
      expect(help, path).not.toContain('default: false');
    }
  });

  it('that comes first fits on a screen: the workflow in its order, then the other commands, without options', async () => {
    const help = await helpOf();
    expect(help.split('\n').length).toBeLessThanOrEqual(34);
    expect(help).toMatch(
      /Workflow, in order:\n {2}assess .*\n {2}approve .*\n {2}configure .*\n {2}validate .*\n {2}report .*\n {2}verify /,
    );
    expect(help).toMatch(/Other commands:\n {2}run /);
    expect(help).not.toMatch(/^ *--/m);
  });

  it('groups the options of a command, those of every command last', async () => {
    expect(await helpOf('assess')).toMatch(
      /^Scope:$.*^What is read and proposed:$.*^Access:$.*^Options of every command:$/ms,
    );
  });

  it('offers no option that does nothing for the command', async () => {
    for (const args of [['sandbox'], ['verify'], ['signing-key', 'create']]) {
      expect(await helpOf(...args)).not.toMatch(/--(store|rollout|profile|config) /);
    }
    expect(await helpOf('validate')).not.toContain('--configure-role-name');
    expect(await helpOf('assess')).toMatch(/--store .*--profile /s);
  });
});

describe('a command line that is refused', () => {
  it.each([
    [['assess', '--region'], /argument missing\.$/, /See keyturn assess --help\.$/],
    [['assess', '--regionn', 'x'], /Did you mean --region\?$/, /assess --help\.$/],
    [['signing-key', 'create'], /Missing required argument 'file'\.$/, /signing-key create --help\.$/],
    [['review', '--sign', 'x'], /Unknown option '--sign'\. Did you mean --sign-with\?$/, /review --help\.$/],
    [['keys', 'create'], /Unknown command 'keys'\.$/, /See keyturn --help\.$/],
    [['configur'], /Unknown command 'configur'\. Did you mean configure\?$/, /See keyturn --help\.$/],
    [
      ['signing-key'],
      /keyturn signing-key needs a subcommand: create\.$/,
      /See keyturn signing-key --help\.$/,
    ],
    [['plan'], /subcommand: export\.$/, /plan --help\.$/],
    [['config'], /subcommand: check\.$/, /config --help\.$/],
    [['help', 'nonsense'], /^Unknown command 'nonsense'\.$/, /See keyturn --help\.$/],
    [['configure', '--limit', '0'], /1 or more\.$/, /See keyturn configure --help\.$/],
    [['review', '--port', '99999'], /0 to 65535\.$/, /See keyturn review --help\.$/],
    [['sandbox', '--port', '99999'], /0 to 65535\.$/, /See keyturn sandbox --help\.$/],
    [['validate', '--wait', '999999h'], /at most 7 days/i, /See keyturn validate --help\.$/],
  ])('%j says what is wrong, and where the help is', async (args, message, fix) => {
    expect(await misuseOf(...args)).toMatchObject({
      code: 'input-argument',
      message: expect.stringMatching(message),
      fix: expect.stringMatching(fix),
    });
  });
});

describe('docs/command-line.md', () => {
  const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text.split(/^## /m)[0] ?? '']),
  );
  const flagsIn = (text: string) => new Set(text.match(/--[a-z][a-z-]+/g) ?? []);
  const sectionOf = (path: string) =>
    [...sections].find(([title]) =>
      [...title.matchAll(/`([^`<]+?)(?: <[^`]*)?`/g)].some(([, name]) => name === path),
    )?.[1] ?? '';
  /** Flags of a section and of the commands whose options it takes too. */
  const documented = (path: string): Set<string> => {
    const text = sectionOf(path);
    const taken = [.../options of ((?:`[a-z ]+`(?:,| and)? ?)+)/g[Symbol.matchAll](text)].flatMap(
      ([, names = '']) => [...names.matchAll(/`([a-z ]+)`/g)].map(([, name = '']) => name),
    );
    return new Set([...flagsIn(text), ...taken.flatMap((each) => [...documented(each)])]);
  };
  const { program } = build();

  it.each(leaves(program).map((command) => [commandPath(command), command] as const))(
    'has each option of %s',
    (path, command) => {
      const shown = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? '');
      expect(shown.filter((flag) => !documented(path).has(flag))).toEqual([]);
    },
  );

  it('has no option that does not exist', () => {
    const known = new Set(commandsOf(program).flatMap(({ options }) => options.map(({ long }) => long)));
    known.add('--help');
    expect([...flagsIn(page)].filter((flag) => !known.has(flag))).toEqual([]);
  });
});
