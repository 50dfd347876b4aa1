/** What came of all the cases together; everything but the first three has to stay 0. */
export const figures = {
  cases: 0,
  /** Kills that were planned, and those that met a process still at work. */
  aimed: 0,
  struck: 0,
  /** Approved keys without a true end. */
  lost: 0,
  /** Keys that took more than one EnableKeyRotation of ours. */
  'enabled twice': 0,
  /** Calls on keys that nobody approved. */
  unasked: 0,
  /** Outcomes that are not what the sandbox's log says. */
  untrue: 0,
  /** Evidence that does not verify. */
  'not verified': 0,
};
