import { UnusableCredentials } from './failure.ts';
import type { Section, SharedConfig } from './shared-config.ts';

/** What a profile's credentials go through. */
export interface ProfileChain {
  /** Serial numbers, in the order in which codes are needed. */
  readonly mfaDevices: readonly string[];
  /** The profile whose credentials the roles are assumed with. */
  readonly last: string;
}

/**
 * Follows a profile through its source profiles. The SDK would use what else the profile or the machine has if a link
 * is missing, and so another identity.
 * @throws Error whose message says which link is broken
 */
export function followProfile(config: SharedConfig, name: string): ProfileChain {
  const visited = new Set<string>();
  const mfaDevices: string[] = [];
  for (let current = name; ; ) {
    const section = config.credentials(current) ?? {};
    const isSource = visited.size > 0;
    visited.add(current);
    const source = isSource && hasKeys(section) ? undefined : sourceOf(config, current, section);
    if (section['mfa_serial'] !== undefined && source !== undefined)
      mfaDevices.unshift(section['mfa_serial']);
    if (source?.profile === undefined) return { mfaDevices, last: current };
    if (visited.has(source.profile) && !isSelfWithKeys(source.profile, current, section)) {
      throw broken(`the profiles ${[...visited, source.profile].join(' → ')} go round in a circle`);
    }
    if (config.credentials(source.profile) === undefined) {
      throw broken(`its source_profile ${source.profile} is not defined`, current, name);
    }
    if (source.profile === current) return { mfaDevices, last: current };
    current = source.profile;
  }
}

/** The same if every link is there. */
export function findChain(config: SharedConfig, name: string): ProfileChain | undefined {
  try {
    return followProfile(config, name);
  } catch {
    return undefined;
  }
}

interface Source {
  /** Undefined if the role is assumed with a token, or with credentials of the machine. */
  readonly profile?: string;
}

function sourceOf(config: SharedConfig, name: string, section: Section): Source | undefined {
  const { role_arn, source_profile, credential_source, web_identity_token_file, sso_session } = section;
  if (role_arn === undefined) {
    if (sso_session !== undefined && !config.section('sso-session', sso_session)) {
      throw broken(`its sso_session ${sso_session} is not defined`, name);
    }
    return undefined;
  }
  if (source_profile !== undefined && credential_source !== undefined) {
    throw broken('it has both source_profile and credential_source', name);
  }
  if (source_profile !== undefined) return { profile: source_profile };
  if (credential_source !== undefined || web_identity_token_file !== undefined) return {};
  throw broken('it has a role_arn, and neither source_profile nor credential_source', name);
}

const hasKeys = ({ aws_access_key_id, aws_secret_access_key }: Section): boolean =>
  aws_access_key_id !== undefined && aws_secret_access_key !== undefined;

/** A profile may assume its role with keys of its own. */
const isSelfWithKeys = (source: string, current: string, section: Section): boolean =>
  source === current && hasKeys(section);

const broken = (what: string, profile?: string, begun = profile): Error =>
  new UnusableCredentials(profile === begun ? what : `${what} (in profile ${profile})`);
