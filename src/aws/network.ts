import { createSecureContext, getCACertificates } from 'node:tls';
import { buildConnector, Client, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { CaBundle } from './ca-bundle.ts';
import { type Connect, Connections } from './connections.ts';
import { proxyRefused } from './exchange.ts';
import { type Http, openHttp } from './http.ts';
import { type Proxies, readProxies } from './proxies.ts';

/** Milliseconds until a connection is made. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds until an answer begins, and until it goes on. */
const ANSWER_TIMEOUT = 10_000;
/** Milliseconds after which an idle connection is closed, if the server names no other time, and in any case. */
const IDLE_TIMEOUT = 4_000;
const MAX_IDLE_TIMEOUT = 30_000;

const PER_HOST = 128;
const TOTAL = 384;
const LEAST_TOTAL = 16;
/** Descriptors for everything else: the store, files, the page, Node itself. */
const OTHER_DESCRIPTORS = 64;

/** One for the process, whatever is opened how often: file descriptors are bounded for all of it. */
let shared: Connections | undefined;

/** The way to AWS: through the proxies of the environment, over a bounded number of connections. */
export interface Network {
  /** HTTP that trusts these authorities only; without them those of Node and NODE_EXTRA_CA_CERTS. */
  http(ca?: CaBundle): Http;
}

/** @throws KeyturnError `input-aws-config` if a proxy's URL is not valid */
export function openNetwork(env: NodeJS.ProcessEnv = process.env): Network {
  const proxies = readProxies(env);
  shared ??= new Connections({ total: totalConnections(), perHost: PER_HOST });
  const connections = shared;
  const opened = new Map<string, Http>();
  return {
    http: (ca) => {
      const name = ca?.join('\n') ?? '';
      const known = opened.get(name) ?? openHttp(connections, connectors(proxies, ca));
      opened.set(name, known);
      return known;
    },
  };
}

/** A few hundred, or as many as the limit of open files leaves. */
function totalConnections(): number {
  const limit = openFilesLimit();
  return Math.max(LEAST_TOTAL, Math.min(TOTAL, limit - OTHER_DESCRIPTORS));
}

/** Node has raised its soft limit to the hard one by then. Infinity if the system does not say. */
function openFilesLimit(): number {
  // It would resolve the names of all peers.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft?: unknown } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

const TIMEOUTS = {
  headersTimeout: ANSWER_TIMEOUT,
  bodyTimeout: ANSWER_TIMEOUT,
  keepAliveTimeout: IDLE_TIMEOUT,
  keepAliveMaxTimeout: MAX_IDLE_TIMEOUT,
};

/** How a host is connected to: directly, or through the proxy of its scheme. */
function connectors(proxies: Proxies, ca: CaBundle | undefined): (origin: string) => Connect {
  const trust = ca && { secureContext: createSecureContext({ ca: [...ca, ...getCACertificates('extra')] }) };
  const tls = { ...trust, allowH2: false, timeout: CONNECT_TIMEOUT };
  const connect = buildConnector(tls);
  return (origin) => {
    const isHttps = origin.startsWith('https:');
    const proxy = isHttps ? proxies.https : proxies.http;
    if (proxy === undefined) return () => new Client(origin, { ...TIMEOUTS, connect });
    const options = {
      httpProxy: isHttps ? '' : proxy,
      httpsProxy: isHttps ? proxy : '',
      noProxy: proxies.none,
      connections: 1,
      connectTimeout: CONNECT_TIMEOUT,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
      factory: (target: string | URL, given: object) => new Client(target, { ...given, ...TIMEOUTS }),
      clientFactory: proxyClient,
    };
    return () => new EnvHttpProxyAgent(options);
  };
}

/** Connects to a proxy. One that refuses is told by its status. */
function proxyClient(url: URL, options: object): Dispatcher {
  const client = new Client(url, { ...options, ...TIMEOUTS, headersTimeout: CONNECT_TIMEOUT });
  const connect = client.connect.bind(client);
  const connectOrTell = async (request: Dispatcher.ConnectOptions) => {
    const answer = await connect(request);
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => {}).destroy();
    throw proxyRefused(answer.statusCode);
  };
  return Object.assign(client, { connect: connectOrTell as Client['connect'] });
}
