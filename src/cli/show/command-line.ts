import { shellWord } from '../../messages/shell-word.ts';
import type { NextStep } from '../../model/next-step.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { RolloutStatus } from '../../workflow/rollout/status.ts';
import type { AccessOptions } from '../settings/takes.ts';

/** The options that a printed command repeats. */
export type GivenOptions = Pick<AccessOptions, 'store'> &
  Partial<
    Pick<
      AccessOptions,
      | 'rollout'
      | 'profile'
      | 'config'
      | 'roleName'
      | 'configureRoleName'
      | 'externalId'
      | 'sourceIdentity'
      | 'trustApprover'
      | 'requireSigned'
    >
  >;

/** A command as a person can paste it: called as this process was, on this rollout, with the options given. */
export function commandLine(options: GivenOptions, { id }: Pick<Rollout, 'id'>, command: string): string {
  return [
    executable(),
    ...[
      ...command.split(' '),
      '--rollout',
      id,
      ...storeWords(options),
      ...accessWords(options, command),
      ...signedWords(options, command),
    ].map(shellWord),
  ].join(' ');
}

/** How Keyturn was called; `bin/keyturn` says it. */
export function executable(): string {
  const called = process.env['KEYTURN_CALLED_AS'] || 'keyturn';
  return called === 'npx keyturn' ? called : shellWord(called);
}

function storeWords({ store, profile, config }: GivenOptions): string[] {
  return [
    ...(store === '.keyturn' ? [] : ['--store', store]),
    ...(profile ?? []).flatMap((name) => ['--profile', name]),
    ...(config === undefined ? [] : ['--config', config]),
  ];
}

const ACCESS_FLAGS = {
  roleName: '--role-name',
  configureRoleName: '--configure-role-name',
  externalId: '--external-id',
  sourceIdentity: '--source-identity',
} as const;

/** The role options that the next command needs too: the record does not have them. */
function accessWords(options: GivenOptions, command: string): string[] {
  const [name] = command.split(' ');
  if (name !== 'configure' && name !== 'validate') return [];
  return (Object.keys(ACCESS_FLAGS) as (keyof typeof ACCESS_FLAGS)[]).flatMap((option) => {
    const value = options[option];
    const isTaken = value !== undefined && !(name === 'validate' && option === 'configureRoleName');
    return isTaken ? [ACCESS_FLAGS[option], value] : [];
  });
}

/** Whose approvals count, for a command that acts on them. */
function signedWords({ requireSigned, trustApprover = [] }: GivenOptions, command: string): string[] {
  if (requireSigned !== true || (command !== 'configure' && command !== 'run')) return [];
  return ['--require-signed', ...trustApprover.flatMap((file) => ['--trust-approver', file])];
}

/** The whole command that leads on. */
export function nextCommand(
  options: GivenOptions,
  { rollout, next }: Pick<RolloutStatus, 'rollout' | 'next'>,
): string {
  return commandLine(options, { id: rollout }, COMMANDS[next](rollout, options));
}

const COMMANDS: Readonly<Record<NextStep, (rollout: string, options: GivenOptions) => string>> = {
  resume: () => 'assess --resume',
  approve: (_, { requireSigned }) => (requireSigned === true ? 'approve --sign-with FILE' : 'approve'),
  configure: () => 'configure',
  validate: () => 'validate',
  report: (rollout) => `report --out report-${rollout}`,
};

/** Commands in the advice of an error that work on the store; the others need no options. */
const ADVISED =
  /(?<![\w/-])keyturn (assess --resume|assess|approve|review|plan export|configure|validate|report|run|status|rollouts|list \w+|signing-key create|verify|sandbox)\b(?! --rollout| --store| --help)/g;
const WITHOUT_STORE = /^(signing-key|verify|sandbox)/;
const WITHOUT_ROLLOUT = /^(assess$|rollouts)/;

/** Completes each command in the advice of an error, so that it can be pasted. */
export function completeCommands(advice: string, options: GivenOptions): string {
  return advice.replace(ADVISED, (_, command: string) => {
    const rollout = options.rollout === undefined ? [] : ['--rollout', options.rollout];
    const words = WITHOUT_STORE.test(command)
      ? []
      : [...(WITHOUT_ROLLOUT.test(command) ? [] : rollout), ...storeWords(options)];
    return [executable(), command, ...words.map(shellWord)].join(' ');
  });
}
