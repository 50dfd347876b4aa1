import type { PeakFilter } from '../peaks.ts';
import { configure, type Running, type SettingsPatch } from '../running.ts';
import { SettingsError } from '../settings.ts';
import { accountSnapshots, snapshots } from '../snapshot.ts';
import type { Answer } from './answer.ts';

const PREFIX = '/_sandbox/';

export const isControl = (path: string) => path.startsWith(PREFIX);

/** What `Sandbox` offers in its own process, over HTTP for a sandbox in another. */
export function control(running: Running, method: string, url: string, body: string): Answer {
  const [path = '', query] = url.split('?');
  const asked = askedIn(new URLSearchParams(query));
  switch (`${method} ${path.slice(PREFIX.length)}`) {
    case 'GET health':
      return json(200, { status: 'ok' });
    case 'GET log':
      return json(200, running.log.entries);
    case 'GET counts':
      return json(200, running.log.counts);
    case 'GET keys':
      return json(200, snapshots(running, asked));
    case 'GET accounts':
      return json(200, accountSnapshots(running));
    case 'GET peaks':
      return json(200, running.log.peaks.list(asked));
    case 'DELETE log':
      running.log.clear();
      return json(200, {});
    case 'PATCH settings':
      return patched(running, body);
    default:
      return json(404, { error: `${method} ${path} is not part of the sandbox's control interface` });
  }
}

const askedIn = (query: URLSearchParams): PeakFilter => ({
  account: query.get('account') ?? undefined,
  region: query.get('region') ?? undefined,
  operation: query.get('operation') ?? undefined,
});

function patched(running: Running, body: string): Answer {
  try {
    configure(running, JSON.parse(body) as SettingsPatch);
    return json(200, running.settings);
  } catch (error) {
    if (error instanceof SettingsError) return json(400, { error: error.message, problems: error.problems });
    if (error instanceof SyntaxError) return json(400, { error: error.message });
    throw error;
  }
}

const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});
