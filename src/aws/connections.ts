import type { Dispatcher } from 'undici';

/** Opens a connection to one host; it connects at its first request. */
export type Connect = () => Dispatcher;

/** The connections to one host, and who waits for one. */
export interface Line {
  readonly connect: Connect;
  /** Connections that exist, idle or not. */
  open: number;
  readonly idle: Dispatcher[];
  readonly waiting: ((connection: Dispatcher) => void)[];
}

export interface ConnectionBounds {
  /** Connections to all hosts together. */
  readonly total: number;
  /** Connections to one host. */
  readonly perHost: number;
}

/**
 * Every connection of one process, one request at a time on each. A request that finds none free waits for its turn:
 * first come first served on one host, while hosts that wait get equal shares of the total. An idle connection gives
 * way to a host that needs one.
 */
export class Connections {
  readonly #bounds: ConnectionBounds;
  /** In the order in which they last got a connection, so that none waits for ever. */
  readonly #lines = new Set<Line>();
  #open = 0;

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  /** Connections that exist now. */
  get open(): number {
    return this.#open;
  }

  /** The line to one host. */
  lineTo(connect: Connect): Line {
    const line: Line = { connect, open: 0, idle: [], waiting: [] };
    this.#lines.add(line);
    return line;
  }

  /**
   * Makes one request on a connection of its own.
   * @param urgent whether it goes before the requests that wait for the same host
   */
  async use<T>(line: Line, request: (connection: Dispatcher) => Promise<T>, urgent: boolean): Promise<T> {
    const connection = this.#take(line) ?? (await this.#wait(line, urgent));
    try {
      const answer = await request(connection);
      this.#giveBack(line, connection);
      return answer;
    } catch (error) {
      // Whatever state it is in, the next request does not depend on it.
      void connection.destroy();
      this.#giveBack(line, line.connect());
      throw error;
    }
  }

  /** Closes every idle connection. */
  closeIdle(): void {
    for (const line of this.#lines) while (line.idle.length > 0) this.#closeOldest(line);
  }

  #take(line: Line): Dispatcher | undefined {
    const idle = line.idle.pop();
    if (idle) return idle;
    if (line.open >= this.#bounds.perHost || !this.#hasRoom()) return undefined;
    return this.#connect(line);
  }

  #wait(line: Line, urgent: boolean): Promise<Dispatcher> {
    return new Promise((resolve) => {
      if (urgent) line.waiting.unshift(resolve);
      else line.waiting.push(resolve);
    });
  }

  #hasRoom(): boolean {
    if (this.#open < this.#bounds.total) return true;
    for (const line of this.#lines) {
      if (line.idle.length === 0) continue;
      this.#closeOldest(line);
      return true;
    }
    return false;
  }

  #giveBack(line: Line, connection: Dispatcher): void {
    const other = this.#open < this.#bounds.total ? undefined : this.#needier(line);
    if (other) {
      this.#close(line, connection);
      other.waiting.shift()?.(this.#connect(other));
      return;
    }
    const next = line.waiting.shift();
    if (next) next(connection);
    else line.idle.push(connection);
  }

  /** Of the other hosts that are waited for, the one with the fewest connections, if it should have one of this host's. */
  #needier(line: Line): Line | undefined {
    let found: Line | undefined;
    for (const each of this.#lines) {
      const waits = each !== line && each.waiting.length > 0 && each.open < this.#bounds.perHost;
      if (waits && each.open < (found?.open ?? Number.POSITIVE_INFINITY)) found = each;
    }
    if (!found || line.waiting.length === 0) return found;
    return found.open === 0 || found.open + 1 < line.open ? found : undefined;
  }

  #connect(line: Line): Dispatcher {
    this.#open += 1;
    line.open += 1;
    this.#lines.delete(line);
    this.#lines.add(line);
    return line.connect();
  }

  #closeOldest(line: Line): void {
    const oldest = line.idle.shift();
    if (oldest) this.#close(line, oldest);
  }

  #close(line: Line, connection: Dispatcher): void {
    this.#open -= 1;
    line.open -= 1;
    void connection.destroy();
  }
}
