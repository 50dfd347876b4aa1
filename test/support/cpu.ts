/** Milliseconds of CPU that this process has used: a busy machine does not slow it down. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
