/** Asks a person for the code of an MFA device. Undefined if the person gives none. */
export type AskMfaCode = (device: string, profile: string) => Promise<string | undefined>;

/** The codes of a profile's MFA devices. AWS takes each once, so that they are forgotten once they served. */
export interface MfaCodes {
  /** @throws Error `MfaCodeNeeded` if no person can be asked */
  ask(devices: readonly string[]): Promise<ReadonlyMap<string, string>>;
  forget(): void;
}

export function mfaCodes(profile: string, ask: AskMfaCode | undefined): MfaCodes {
  const codes = new Map<string, string>();
  async function askOne(device: string): Promise<void> {
    if (codes.has(device)) return;
    const code = await ask?.(device, profile);
    if (code === undefined)
      throw codeNeeded(device, ask ? 'none was given' : 'there is no terminal to ask on');
    codes.set(device, code);
  }
  let asking: Promise<unknown> = Promise.resolve();
  return {
    ask: (devices) => {
      const asked = asking.then(async () => {
        for (const device of devices) await askOne(device);
        return new Map(codes);
      });
      asking = asked.catch(() => {});
      return asked;
    },
    forget: () => codes.clear(),
  };
}

const codeNeeded = (device: string, why: string): Error =>
  Object.assign(new Error(`it needs a code of the MFA device ${device}, and ${why}`), {
    name: 'MfaCodeNeeded',
  });
