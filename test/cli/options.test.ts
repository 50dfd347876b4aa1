import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit.ts';
import { Interrupted } from '../../src/cli/session/signals.ts';
import {
  parseArnOfKey,
  parseCount,
  parseDuration,
  parsePeriod,
  parseRegion,
} from '../../src/cli/settings/parsers.ts';
import { ERROR_CODES, KeyturnError } from '../../src/messages/error.ts';

describe('the values of options', () => {
  it('are taken where they are right', () => {
    expect([parsePeriod('90'), parsePeriod('2560'), parseCount('0')]).toEqual([90, 2560, 0]);
    expect(['500ms', '30s', '10m', '2h'].map(parseDuration)).toEqual([500, 30_000, 600_000, 7_200_000]);
    for (const region of [
      'eu-central-1',
      'us-gov-west-1',
      'cn-northwest-1',
      'us-iso-east-1',
      'ap-southeast-7',
    ]) {
      expect(parseRegion(region)).toBe(region);
    }
  });

  it.each([
    [parsePeriod, ['89', '2561', '365.0', '1e3', '-365', '', '٣٦٥']],
    [parseDuration, ['10', 'm', '1.5h', '-1s', '1 s', '1d', '9999999s']],
    [parseRegion, ['EU-CENTRAL-1', 'eu-central', '', 'eu-central-1,us-east-1', 'eu-central-1\n', '../x-1']],
    [
      parseArnOfKey,
      ['alias/x', 'arn:aws:kms:eu-central-1:1:key/x', 'arn:aws:kms:eu-central-1:111122223333:alias/x'],
    ],
  ])('are refused where they are not', (parse, wrong) => {
    for (const value of wrong) expect(() => parse(value), value).toThrow(InvalidArgumentError);
  });

  it('are refused or taken, and never anything else, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        for (const parse of [parsePeriod, parseDuration, parseRegion, parseArnOfKey, parseCount]) {
          try {
            parse(value);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidArgumentError);
          }
        }
      }),
    );
  });
});

describe('the exit code of an error', () => {
  it('is 2 for wrong input, 4 for a refusal, 1 for the rest', () => {
    for (const code of ERROR_CODES) {
      const exit = exitCodeOf(new KeyturnError(code, 'm', 'f'));
      if (code.startsWith('input-') || code === 'aws-region') expect(exit, code).toBe(2);
      else if (code.startsWith('refused-')) expect(exit, code).toBe(4);
      else expect(exit, code).toBe(1);
    }
  });

  it('is that of the signal that ended the command', () => {
    expect(exitCodeOf(new Interrupted('SIGHUP'))).toBe(129);
    expect(exitCodeOf(new Interrupted('SIGINT'))).toBe(130);
    expect(exitCodeOf(new Interrupted('SIGTERM'))).toBe(143);
  });
});
