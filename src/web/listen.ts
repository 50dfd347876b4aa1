import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeyturnError } from '../messages/error.ts';

const MAX_ATTEMPTS = 20;
/** What a machine without IPv6 says; then no other program can listen there either. */
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL']);

/**
 * Takes one port at both loopback addresses. A browser tries ::1 and 127.0.0.1 for a name under .localhost: whoever had
 * the port at the other address would get the link.
 *
 * @param wanted 0 takes a free one
 * @param newServer called for each address
 * @returns the port, and the servers that listen
 * @throws KeyturnError `input-argument` if the port is not available
 */
export async function listenOnLoopback(
  wanted: number,
  newServer: () => Server,
): Promise<{ port: number; servers: Server[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const servers: Server[] = [];
    try {
      const server = newServer();
      const port = await listen(server, wanted, '127.0.0.1');
      servers.push(server);
      const second = newServer();
      if (await listenIfThere(second, port)) servers.push(second);
      return { port, servers };
    } catch (cause) {
      for (const server of servers) server.close();
      if (wanted !== 0 || attempt === MAX_ATTEMPTS) throw notAvailable(wanted, cause);
    }
  }
}

async function listenIfThere(server: Server, port: number): Promise<boolean> {
  try {
    await listen(server, port, '::1');
    return true;
  } catch (thrown) {
    if (NO_IPV6.has((thrown as NodeJS.ErrnoException).code ?? '')) return false;
    throw thrown;
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  server.off('error', reject);
  return (server.address() as AddressInfo).port;
}

const notAvailable = (port: number, cause: unknown): KeyturnError =>
  new KeyturnError(
    'input-argument',
    `Port ${port} is not available: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Choose another with --port, or 0 for a free one.',
    { cause },
  );
