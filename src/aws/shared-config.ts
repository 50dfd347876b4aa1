import { loadSharedConfigFiles } from '@smithy/core/config';
import { KeyturnError } from '../messages/error.ts';

export type Section = Readonly<Record<string, string>>;

/** The shared AWS files (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`), as one look at them found them. */
export interface SharedConfig {
  /** A profile as the SDK reads settings: those of the config file win. Undefined if neither file defines it. */
  settings(profile: string): Section | undefined;
  /** A profile as the SDK reads credentials and the Region: those of the credentials file win. */
  credentials(profile: string): Section | undefined;
  /** The section of another kind, such as `[services NAME]`. */
  section(kind: 'services' | 'sso-session', name: string): Section | undefined;
}

/** Reads both files. One that does not exist is empty. */
export async function readSharedConfig(): Promise<SharedConfig> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const merged = (profile: string, ...files: readonly (typeof configFile)[]): Section | undefined => {
    const found = files.map((file) => own(file, profile)).filter((section) => section !== undefined);
    return found.length === 0 ? undefined : Object.assign({}, ...found);
  };
  return {
    settings: (profile) => merged(profile, credentialsFile, configFile),
    credentials: (profile) => merged(profile, configFile, credentialsFile),
    section: (kind, name) => own(configFile, `${kind}.${name}`),
  };
}

/** A name such as `constructor` is not defined just because every object has it. */
function own(file: Readonly<Record<string, object>>, name: string): Section | undefined {
  return Object.hasOwn(file, name) ? (file[name] as Section) : undefined;
}

/** A profile that a person named and that the files do not have. */
export function undefinedProfile(name: string, isOfEnvironment: boolean): KeyturnError {
  return new KeyturnError(
    'input-profiles',
    `The AWS profile ${name}${isOfEnvironment ? ', which AWS_PROFILE names,' : ''} is not defined, or its section is empty.`,
    'Correct the name, or define the profile in the AWS config or credentials file. List profiles with: aws configure list-profiles',
  );
}

/** A value in the environment or the shared files that cannot be used as it is. */
export function invalidSetting(source: string, value: string, needed: string, fix: string): KeyturnError {
  return new KeyturnError(
    'input-aws-config',
    `${source} is ${JSON.stringify(value)}, which is not ${needed}.`,
    fix,
  );
}
