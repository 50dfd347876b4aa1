import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections of which nobody knows whose they are. More than can come at once before one that is served is read. */
const MAX_UNKNOWN_CONNECTIONS = 1000;

export interface Connections {
  /** Bounds the connections of a server. */
  watch(server: Server): void;
  /** Has a connection stay: whoever is at its other end was let in. */
  keep(socket: Socket): void;
}

/** With too many connections the oldest unknown one goes, so that others of the machine cannot use up what there is. */
export function openConnections(most = MAX_UNKNOWN_CONNECTIONS): Connections {
  const unknown = new Set<Socket>();
  const keep = (socket: Socket) => void unknown.delete(socket);
  const take = (socket: Socket) => {
    unknown.add(socket);
    socket.once('close', () => keep(socket));
    const [oldest] = unknown;
    if (unknown.size > most) oldest?.destroy();
  };
  return { keep, watch: (server) => void server.on('connection', take) };
}
