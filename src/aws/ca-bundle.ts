import { X509Certificate } from 'node:crypto';
import { KeyturnError } from '../messages/error.ts';
import { readSharedConfig } from './shared-config.ts';

/** Certificates of the authorities to trust, in PEM. */
export type CaBundle = readonly string[];

export type ReadFile = (path: string) => Promise<string>;

/**
 * The bundle to trust instead of Node's own authorities: AWS_CA_BUNDLE, or `ca_bundle` of the profile, as the AWS CLI does.
 * @throws KeyturnError `input-aws-config` with the setting and the path
 */
export async function findCaBundle(
  profile: string | undefined,
  readFile: ReadFile,
): Promise<CaBundle | undefined> {
  const found = await findPath(profile);
  return found && readBundle(found, readFile);
}

interface Named {
  readonly path: string;
  readonly setting: string;
}

async function findPath(profile: string | undefined): Promise<Named | undefined> {
  const fromEnvironment = process.env['AWS_CA_BUNDLE'];
  if (fromEnvironment) return { path: fromEnvironment, setting: 'AWS_CA_BUNDLE' };
  const name = profile ?? process.env['AWS_PROFILE'] ?? 'default';
  const path = (await readSharedConfig()).settings(name)?.['ca_bundle'];
  return path ? { path, setting: `ca_bundle of profile ${name}` } : undefined;
}

async function readBundle({ path, setting }: Named, readFile: ReadFile): Promise<CaBundle> {
  try {
    return parseBundle(await readFile(path));
  } catch (cause) {
    const why = cause instanceof KeyturnError ? cause.message : `${path} holds no valid PEM certificates.`;
    throw new KeyturnError(
      'input-aws-config',
      `Could not read the certificates named by ${setting}: ${why}`,
      'Name a PEM file with the certificates of the authorities to trust, or remove the setting.',
      { cause },
    );
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function parseBundle(text: string): CaBundle {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('no certificate');
  // Node skips what it cannot read without a word.
  for (const certificate of found) new X509Certificate(certificate);
  return found;
}
