import { KeyturnError } from '../messages/error.ts';

/** The proxies of the environment, as the AWS CLI reads them. URLs carry the proxy's credentials: never printed. */
export interface Proxies {
  /** For http:// endpoints. */
  readonly http: string | undefined;
  /** For https:// endpoints, which is nearly all of AWS. */
  readonly https: string | undefined;
  /** Hosts that are reached without a proxy, separated by commas. */
  readonly none: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy elsewhere cannot reach these; containers' credentials and the sandbox are there. */
const NEVER_PROXIED = [
  'localhost',
  '127.0.0.1',
  '[::1]',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
];

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY. The lower-case name wins, also if it is empty.
 * @throws KeyturnError `input-aws-config` with the variable's name, never its value
 */
export function readProxies(env: Environment): Proxies {
  const noProxy = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  return {
    http: readProxy(env, 'HTTP_PROXY'),
    https: readProxy(env, 'HTTPS_PROXY'),
    none: [noProxy, ...NEVER_PROXIED].join(','),
  };
}

function readProxy(env: Environment, upper: string): string | undefined {
  const lower = upper.toLowerCase();
  const name = env[lower] === undefined ? upper : lower;
  const value = env[name]?.trim();
  if (!value) return undefined;
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url && isDecodable(url) && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href;
  throw new KeyturnError(
    'input-aws-config',
    `The proxy URL in ${name} is not valid.`,
    `Set ${name} to http://HOST:PORT or https://HOST:PORT, or unset it.`,
  );
}

/** The credentials in a URL are percent-encoded. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
