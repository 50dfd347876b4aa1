import { BY_DEFAULT } from '../../sandbox/state/regions.ts';
import { REQUEST_QUOTAS } from '../../src/aws/quotas.ts';
import type { Figure } from './figures.ts';
import {
  inStore,
  measure,
  measureKeyturn,
  measureScript,
  type OperationCount,
  RemoteSandbox,
} from './measure.ts';

const REGION = 'eu-central-1';
const LATENCY_MS = 20;
/** Calls that nothing can be done before: identity, Regions, the first listing, a key's first and second, the last. */
const STEPS = 6;

/** In one place they take ten times as long as all else, by quota: everything else would go unmeasured. */
const NO_ROTATIONS = '--no-rotations';

const oneRegion = (keys: number, mix?: object) => ({
  world: { generate: { keys, regions: [REGION], ...(mix && { mix }) } },
  latency: LATENCY_MS,
  quotas: 'published',
});

/** What the quotas and the latency allow at best, in seconds. */
function idealSeconds(counts: Readonly<Record<string, OperationCount>>, steps: number): number {
  const byQuota = Object.entries(REQUEST_QUOTAS).map(([name, quota]) => (counts[name]?.calls ?? 0) / quota);
  return Math.max(...byQuota) + (steps * LATENCY_MS) / 1000;
}

const throttles = (counts: Readonly<Record<string, OperationCount>>): number =>
  Object.values(counts).reduce((sum, { codes }) => sum + (codes['ThrottlingException'] ?? 0), 0);

const seconds = (value: number): string => `${value.toFixed(2)} s`;

async function withSandbox<T>(settings: object, work: (sandbox: RemoteSandbox) => Promise<T>): Promise<T> {
  const sandbox = await RemoteSandbox.start(settings);
  try {
    return await work(sandbox);
  } finally {
    sandbox.stop();
  }
}

const assess = (sandbox: RemoteSandbox, ...args: readonly string[]) =>
  inStore((store) => measureKeyturn(['assess', '--quiet', '--json', '--store', store, ...args], sandbox.env));

/** 1,000 keys in one place, against the ideal, a sequential loop, and boto3 with threads. */
export function onePlace(quick: boolean): Promise<Figure[]> {
  const keys = quick ? 200 : 1000;
  return withSandbox(oneRegion(keys), async (sandbox) => {
    const ours = await assess(sandbox, '--region', REGION, '--pace', '1', NO_ROTATIONS);
    const counts = await sandbox.counts();
    const work = await sandbox.span();
    const ideal = idealSeconds(counts, STEPS);
    await sandbox.clear();
    const loop = await measureScript('sequential.ts', sandbox.env);
    const threads = await measure(
      'python3',
      [new URL('./threads.py', import.meta.url).pathname],
      sandbox.env,
    ).catch(() => undefined);
    const detail = `${seconds(ours.wall)}, ${seconds(ours.cpu)} CPU, ${throttles(counts)} throttles; ideal ${seconds(ideal)}`;
    return [
      { what: `${keys} keys, one place: wall ÷ ideal`, ratio: ours.wall / ideal, aim: '≤ 1.5', detail },
      {
        what: `${keys} keys, one place, without start-up: wall ÷ ideal`,
        ratio: work / ideal,
        aim: '≤ 1.15',
        detail: seconds(work),
      },
      {
        what: `${keys} keys: sequential SDK loop ÷ ours`,
        ratio: loop.wall / ours.wall,
        aim: '≥ 20',
        detail: `${seconds(loop.wall)}, ${seconds(loop.cpu)} CPU`,
      },
      ...(threads
        ? [
            {
              what: `${keys} keys: boto3 with 50 threads ÷ ours`,
              ratio: threads.wall / ours.wall,
              detail: `${seconds(threads.wall)}, ${seconds(threads.cpu)} CPU`,
            },
          ]
        : []),
    ];
  });
}

/** 5,000 keys in one place: no throttle in a longer run. */
export function manyKeysInOnePlace(quick: boolean): Promise<Figure[]> {
  const keys = quick ? 1000 : 5000;
  return withSandbox(oneRegion(keys), async (sandbox) => {
    const ours = await assess(sandbox, '--region', REGION, '--pace', '1', NO_ROTATIONS);
    const counts = await sandbox.counts();
    const ideal = idealSeconds(counts, STEPS);
    const detail = `${seconds(ours.wall)}, ${seconds(ours.cpu)} CPU, ${throttles(counts)} throttles; ideal ${seconds(ideal)}`;
    return [{ what: `${keys} keys, one place: wall ÷ ideal`, ratio: ours.wall / ideal, detail }];
  });
}

/** 350 changes in one place at the quota. */
export function changesInOnePlace(quick: boolean): Promise<Figure[]> {
  const keys = quick ? 60 : 350;
  return withSandbox(oneRegion(keys, { candidate: 1 }), (sandbox) =>
    inStore(async (store) => {
      const common = ['--quiet', '--json', '--store', store];
      await measureKeyturn(['assess', '--region', REGION, ...common], sandbox.env);
      await measureKeyturn(['approve', '--all', ...common], sandbox.env);
      await sandbox.clear();
      const ours = await measureKeyturn(['configure', '--pace', '1', ...common], sandbox.env);
      const counts = await sandbox.counts();
      const ideal = keys / REQUEST_QUOTAS.EnableKeyRotation;
      const detail = `${seconds(ours.wall)}, ${throttles(counts)} throttles; ideal ${seconds(ideal)}`;
      return [
        { what: `${keys} changes, one place: wall ÷ ideal`, ratio: ours.wall / ideal, aim: '≤ 1.05', detail },
      ];
    }),
  );
}

/** A whole organization, and a tenth of it: what a key costs must not grow with their number. */
export async function organization(quick: boolean): Promise<Figure[]> {
  const size = quick ? 20 : 200;
  const small = await assessOrganization(size / 10);
  const large = await assessOrganization(size);
  const describe = ({ keys, wall, cpu, memory, throttled }: OrganizationCost) =>
    `${keys} keys: ${seconds(wall)}, ${((cpu * 1000) / keys).toFixed(2)} ms of CPU a key, ${memory.toFixed(0)} MB, ${throttled} throttles`;
  const perKey = ({ keys, cpu }: OrganizationCost) => cpu / keys;
  return [
    {
      what: 'organization: CPU a key ÷ 0.5 ms',
      ratio: (perKey(large) * 1000) / 0.5,
      aim: '≤ 1',
      detail: describe(large),
    },
    {
      what: 'organization: peak memory ÷ 300 MB',
      ratio: large.memory / 300,
      aim: '≤ 1',
      detail: describe(large),
    },
    {
      what: 'organization: CPU a key ÷ that of a tenth',
      ratio: perKey(large) / perKey(small),
      aim: '≤ 1.1',
      detail: describe(small),
    },
  ];
}

interface OrganizationCost {
  readonly keys: number;
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly throttled: number;
}

function assessOrganization(accounts: number): Promise<OrganizationCost> {
  const roles = [{ name: 'keyturn-assess' }];
  const settings = {
    organization: { generate: { accounts, keysPerPlace: 30, regions: BY_DEFAULT, roles } },
    quotas: 'published',
    log: false,
  };
  return withSandbox(settings, async (sandbox) => {
    const regions = BY_DEFAULT.flatMap((region) => ['--region', region]);
    const { wall, cpu, memory, output } = await assess(sandbox, '--org', ...regions);
    const { listed } = JSON.parse(output).totals;
    return { keys: listed, wall, cpu, memory, throttled: throttles(await sandbox.counts()) };
  });
}

/** CPU a call: ours against the SDK's defaults and against HTTP alone. */
export function oneCall(): Promise<Figure[]> {
  return withSandbox(
    { ...oneRegion(1, { candidate: 1 }), latency: 0, quotas: 'off', log: false },
    async (sandbox) => {
      const keys = (await (await fetch(`${sandbox.url}/_sandbox/keys`)).json()) as
        | { arn: string }[]
        | { keys: { arn: string }[] };
      const [key] = Array.isArray(keys) ? keys : keys.keys;
      const env = { ...sandbox.env, KEYTURN_BENCH_KEY: key?.arn ?? '' };
      const { output } = await measureScript('calls.ts', env);
      const { ours, sdk, http } = JSON.parse(output);
      const detail = `${ours.toFixed(0)} µs; SDK ${sdk.toFixed(0)} µs; HTTP alone ${http.toFixed(0)} µs`;
      return [
        { what: "CPU a call: ours ÷ the SDK's defaults", ratio: ours / sdk, aim: '< 0.45', detail },
        { what: 'CPU a call: ours ÷ HTTP alone', ratio: ours / http, detail },
      ];
    },
  );
}
