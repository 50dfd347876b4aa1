import type { KMSClient } from '@aws-sdk/client-kms';

/** Middleware that costs time with every call and does nothing for Keyturn. */
const NOT_NEEDED = ['loggerMiddleware', 'recursionDetectionMiddleware', 'getUserAgentMiddleware'];

/**
 * Takes what a client does afresh for every call, though it is the same each time, and does it once: a client here
 * serves one service in one Region, so one signer serves all its calls, and the user agent is a constant. To be
 * called before the first call.
 */
export function tuneClient(client: KMSClient, userAgent: string): KMSClient {
  for (const name of NOT_NEEDED) client.middlewareStack.remove(name);
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = userAgent;
      return next(args);
    },
    { step: 'build', name: 'constantUserAgent' },
  );
  const makeSigner = client.config.signer;
  let signer: ReturnType<typeof makeSigner> | undefined;
  client.config.signer = (scheme) => {
    signer ??= makeSigner(scheme);
    return signer;
  };
  return client;
}
