import { KeyturnError } from '../messages/error.ts';
import { invalidSetting, type Section, type SharedConfig } from './shared-config.ts';

/** The services that Keyturn calls, by the SDK's service ids. */
export type Service = 'KMS' | 'STS' | 'Account' | 'Organizations' | 'EC2' | 'SSO';

/** Where a profile's calls go: its own settings under those of the environment. */
export interface EndpointSettings {
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
  /** The URL that is configured for a service; undefined for AWS's own. */
  endpointOf(service: Service): string | undefined;
}

/** Named profile, or `default` if none is. */
export interface ProfileName {
  readonly profile: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Reads where a profile's calls go, in the precedence that AWS documents: the environment before the files, a service
 * before all services (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
 * @throws KeyturnError `input-aws-config` for a value that is not understood: it never counts as "off"
 */
export function readEndpointSettings(config: SharedConfig, { profile, env }: ProfileName): EndpointSettings {
  const section = config.settings(profile) ?? {};
  const flag = (variable: string, setting: string) =>
    readFlag(env[variable], variable) ??
    readFlag(section[setting], `${setting} of profile ${profile}`) ??
    false;
  const isIgnored = flag('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls');
  const services = isIgnored ? undefined : servicesOf(config, section, profile);
  const useFipsEndpoint = flag('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint');
  const useDualstackEndpoint = flag('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint');
  const variant = useFipsEndpoint ? 'FIPS' : useDualstackEndpoint ? 'dual-stack' : undefined;
  return {
    useFipsEndpoint,
    useDualstackEndpoint,
    endpointOf: (service) => {
      if (isIgnored) return undefined;
      const name = service.replaceAll(' ', '_');
      const found = firstUrl([
        [`AWS_ENDPOINT_URL_${name.toUpperCase()}`, env[`AWS_ENDPOINT_URL_${name.toUpperCase()}`]],
        ['AWS_ENDPOINT_URL', env['AWS_ENDPOINT_URL']],
        [
          `endpoint_url of ${name.toLowerCase()} of profile ${profile}`,
          services?.[`${name.toLowerCase()}.endpoint_url`],
        ],
        [`endpoint_url of profile ${profile}`, section['endpoint_url']],
      ]);
      if (found && variant) throw conflict(found.source, variant);
      return found?.url;
    },
  };
}

function servicesOf(config: SharedConfig, { services }: Section, profile: string): Section | undefined {
  if (services === undefined) return undefined;
  const found = config.section('services', services);
  if (found) return found;
  throw new KeyturnError(
    'input-aws-config',
    `The AWS profile ${profile} uses the services section ${services}, which the AWS config file does not have.`,
    `Add a section [services ${services}], or correct the name.`,
  );
}

/** As the AWS CLI, in any case of the letters. */
function readFlag(value: string | undefined, source: string): boolean | undefined {
  if (value === undefined || value === '') return undefined;
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw invalidSetting(source, value, 'true or false', 'Write true or false.');
}

function firstUrl(
  candidates: readonly (readonly [source: string, value: string | undefined])[],
): { source: string; url: string } | undefined {
  const [source, url] = candidates.find(([, value]) => value) ?? [];
  if (source === undefined || url === undefined) return undefined;
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return { source, url };
  // The value may hold a password.
  throw new KeyturnError(
    'input-aws-config',
    `${source} is not the URL of an endpoint.`,
    'Write a URL like https://vpce-1234.kms.eu-central-1.vpce.amazonaws.com',
  );
}

/** The SDK refuses this too, once for every call and without the names. */
const conflict = (source: string, variant: string): KeyturnError =>
  new KeyturnError(
    'input-aws-config',
    `${source} names an endpoint, and ${variant} endpoints are asked for too.`,
    'Use one of the two settings.',
  );
