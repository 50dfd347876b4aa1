import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { Connections, type Line } from '../../src/aws/connections.ts';

/** Hosts whose requests end when the test says so. */
function bench(bounds: { total: number; perHost: number }) {
  const connections = new Connections(bounds);
  const alive = new Set<object>();
  const running = new Map<Line, (() => void)[]>();
  const order: string[] = [];
  let most = 0;
  const host = () => {
    const line = connections.lineTo(() => {
      const connection = { destroy: async () => void alive.delete(connection) };
      alive.add(connection);
      most = Math.max(most, alive.size);
      return connection as unknown as Dispatcher;
    });
    running.set(line, []);
    return line;
  };
  const ask = (line: Line, name = '', urgent = false) =>
    connections.use(
      line,
      () =>
        new Promise<void>((resolve) => {
          order.push(name);
          running.get(line)?.push(resolve);
        }),
      urgent,
    );
  /** Ends the oldest running request of a host. */
  const end = async (line: Line) => {
    running.get(line)?.shift()?.();
    await settle();
  };
  return {
    connections,
    host,
    ask,
    end,
    order,
    running: (line: Line) => running.get(line)?.length ?? 0,
    alive,
    most: () => most,
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('connections', () => {
  it('are bounded over all hosts, and every request gets its turn', async () => {
    const { host, ask, end, running, most } = bench({ total: 6, perHost: 4 });
    const hosts = Array.from({ length: 17 }, host);
    let done = 0;
    const all = hosts.flatMap((line) => Array.from({ length: 10 }, () => ask(line).then(() => (done += 1))));
    for (let round = 0; round < 1000 && done < all.length; round++) {
      const busy = hosts.filter((line) => running(line) > 0);
      await end(busy[round % busy.length] ?? (hosts[0] as Line));
    }
    expect(done).toBe(170);
    expect(most()).toBe(6);
  });

  it('are shared equally by hosts that wait', async () => {
    const { host, ask, end, running } = bench({ total: 8, perHost: 8 });
    const [first, second] = [host(), host()];
    for (let count = 0; count < 50; count++) void ask(first);
    await settle();
    expect(running(first)).toBe(8);
    for (let count = 0; count < 50; count++) void ask(second);
    for (let count = 0; count < 8; count++) await end(first);
    expect([running(first), running(second)]).toEqual([4, 4]);
    for (let count = 0; count < 4; count++) await end(second);
    expect([running(first), running(second)]).toEqual([4, 4]);
  });

  it('that are idle give way to a host that needs one', async () => {
    const { host, ask, end, running, most } = bench({ total: 2, perHost: 2 });
    const [first, second] = [host(), host()];
    void ask(first);
    void ask(first);
    await settle();
    await end(first);
    await end(first);
    void ask(second);
    void ask(second);
    await settle();
    expect(running(second)).toBe(2);
    expect(most()).toBe(2);
  });

  it('are bounded on one host, used again, and first come first served', async () => {
    const { connections, host, ask, end, order } = bench({ total: 100, perHost: 1 });
    const line = host();
    for (const name of ['a', 'b', 'c']) void ask(line, name);
    void ask(line, 'urgent', true);
    for (let count = 0; count < 4; count++) await end(line);
    expect(order).toEqual(['a', 'urgent', 'b', 'c']);
    expect(connections.open).toBe(1);
  });

  it('are replaced after a failure', async () => {
    const { connections, host, ask, end, running, alive } = bench({ total: 1, perHost: 1 });
    const line = host();
    await expect(connections.use(line, () => Promise.reject(new Error('reset')), false)).rejects.toThrow(
      'reset',
    );
    void ask(line);
    await settle();
    expect([running(line), alive.size, connections.open]).toEqual([1, 1, 1]);
    await end(line);
  });
});
