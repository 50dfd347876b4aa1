/** What was done in all the cases together. */
export const done = {
  cases: 0,
  /** Kills that were planned, and those that met a process still at work. */
  aimed: 0,
  struck: 0,
  /** What met a process still at work. */
  'more approved': 0,
  'locks deleted': 0,
  stopped: 0,
  'store away': 0,
  'store lost': 0,
  'clock set': 0,
};

/** What came of it; everything has to stay 0. */
export const wrong = {
  /** Approved keys without a true end. */
  lost: 0,
  /** Keys that took more than one EnableKeyRotation of ours. */
  'enabled twice': 0,
  /** Keys whose change was announced once more after its success was on record. */
  'called again': 0,
  /** Calls that were not announced before. */
  unannounced: 0,
  /** Calls on keys that nobody approved. */
  unasked: 0,
  /** Outcomes that are not what the sandbox's log says. */
  untrue: 0,
  /** Evidence that does not verify. */
  'not verified': 0,
};

export type Wrong = keyof typeof wrong;
