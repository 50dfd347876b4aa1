// Preloaded into Keyturn by front.ts: every name outside loopback is 127.0.0.1, and port 443 is the front's.
const dns = require('node:dns');
const tls = require('node:tls');

const port = Number(process.env.FRONT_PORT);
const { lookup } = dns;
dns.lookup = (name, options, callback = options) => {
  if (name === 'localhost' || /^[\d.:]+$/.test(name)) return lookup(name, options, callback);
  const address = { address: '127.0.0.1', family: 4 };
  process.nextTick(() => (options?.all ? callback(null, [address]) : callback(null, address.address, 4)));
};
const { connect } = tls;
tls.connect = (options, ...rest) => connect(options.port === 443 ? { ...options, port } : options, ...rest);
