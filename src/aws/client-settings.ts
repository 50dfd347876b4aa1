import type { EndpointSettings, Service } from './endpoint-settings.ts';
import type { Http } from './http.ts';

/** The SDK's remarks are for its users, not for ours. Without a logger they go to the console. */
const drop = (): void => {};
export const SILENT = { trace: drop, debug: drop, info: drop, warn: drop, error: drop };

/** What the clients of one profile have in common. */
export interface ClientOptions {
  readonly version: string;
  readonly profile: string | undefined;
  readonly http: Http;
  readonly endpoints: EndpointSettings;
}

/**
 * Settings of a client: no retries of its own, one set of connections, one name, and the endpoint of its own profile.
 * The SDK by itself reads endpoints of the AWS_PROFILE profile alone.
 */
export function clientSettings({ version, profile, http, endpoints }: ClientOptions, service: Service) {
  const endpoint = endpoints.endpointOf(service);
  return {
    maxAttempts: 1,
    cacheMiddleware: true,
    customUserAgent: `keyturn/${version}`,
    logger: SILENT,
    requestHandler: http.handler,
    useFipsEndpoint: endpoints.useFipsEndpoint,
    useDualstackEndpoint: endpoints.useDualstackEndpoint,
    ignoreConfiguredEndpointUrls: true,
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  };
}
export type ClientSettings = ReturnType<typeof clientSettings>;
