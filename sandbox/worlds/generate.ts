import { randomStream } from '../random.ts';
import type { KeySettings } from '../settings/key.ts';
import type { GenerateSettings } from '../settings.ts';

type Kind = keyof NonNullable<GenerateSettings['mix']>;
type Mix = { readonly [Name in Kind]?: number | undefined };

/** Shares of each kind of key, in parts of whatever they add up to. */
const USUAL: Mix = {
  candidate: 50,
  enabled: 20,
  disabled: 6,
  pendingDeletion: 4,
  asymmetric: 8,
  imported: 2,
  awsManaged: 10,
};

const APPLICATIONS = ['payments', 'orders', 'customers', 'ledger', 'search', 'media', 'backup', 'audit'];
const PERIODS = [90, 180, 365, 365, 365, 730];
const ASYMMETRIC = ['RSA_2048', 'RSA_4096', 'ECC_NIST_P256', 'HMAC_256'] as const;
const YEAR_2022 = Date.parse('2022-01-01T00:00:00Z');
const DAYS = 1400;

/** `keys` keys spread over the Regions in turn; the same seed gives the same keys. */
export function* generatedKeys(settings: GenerateSettings, seed: string): Generator<KeySettings> {
  const random = randomStream(`${seed}/generate`);
  const mix = settings.mix ?? USUAL;
  for (let index = 0; index < settings.keys; index++) {
    const region = settings.regions[index % settings.regions.length] ?? '';
    yield generatedKey(pick(mix, random()), region, index, random);
  }
}

function pick(mix: Mix, chance: number): Kind {
  const total = Object.values(mix).reduce<number>((sum, share) => sum + (share ?? 0), 0);
  let left = chance * total;
  for (const [kind, share = 0] of Object.entries(mix)) {
    left -= share;
    if (left < 0) return kind as Kind;
  }
  return 'candidate';
}

function generatedKey(kind: Kind, region: string, index: number, random: () => number): KeySettings {
  const application = APPLICATIONS[index % APPLICATIONS.length] ?? '';
  const common = {
    region,
    description: `${application} ${index}`,
    aliases: [`alias/${application}-${index}`],
    createdAt: new Date(YEAR_2022 + Math.floor(random() * DAYS) * 86_400_000).toISOString(),
  };
  return { ...common, ...fieldsOf(kind, index, random) };
}

function fieldsOf(kind: Kind, index: number, random: () => number): Partial<KeySettings> {
  switch (kind) {
    case 'candidate':
      return {};
    case 'enabled':
      return { rotation: { periodInDays: PERIODS[Math.floor(random() * PERIODS.length)] } };
    case 'disabled':
      return { keyState: 'Disabled', rotation: random() < 0.3 };
    case 'pendingDeletion':
      return { keyState: 'PendingDeletion' };
    case 'asymmetric':
      return { keySpec: ASYMMETRIC[index % ASYMMETRIC.length] };
    case 'imported':
      return { origin: 'EXTERNAL' };
    case 'awsManaged':
      return { keyManager: 'AWS', aliases: [`alias/aws/service-${index}`] };
  }
}
