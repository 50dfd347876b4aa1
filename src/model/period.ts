import * as z from 'zod';

/** Days. KMS accepts 90 to 2560 and takes 365 where none is given (kms-facts §4). */
export const MINIMUM_PERIOD = 90;
export const MAXIMUM_PERIOD = 2560;
export const DEFAULT_PERIOD = 365;

/** A RotationPeriodInDays that KMS accepts: the SDK checks the minimum only, so the maximum is checked here. */
export const rotationPeriod = z.int().min(MINIMUM_PERIOD).max(MAXIMUM_PERIOD);
