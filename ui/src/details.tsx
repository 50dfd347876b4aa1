import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { Finding } from '../../src/model/finding.ts';
import { readFinding } from './api.ts';
import { Said } from './words.tsx';

interface Props {
  readonly keyArn: string;
  readonly onClose: () => void;
  readonly caught: (thrown: unknown) => void;
}

const FIRST = new Set(['keyArn', 'explanation', 'advice']);

/** All that is known of one key, in the record's own words. */
export function Details({ keyArn, onClose, caught }: Props) {
  const [finding, setFinding] = useState<Finding>();
  useEffect(() => {
    readFinding(keyArn).then((read) => setFinding(read.finding), caught);
  }, [keyArn, caught]);
  const rest = Object.entries(finding ?? {}).filter(([name]) => !FIRST.has(name));
  return (
    <Modal visible size="large" onDismiss={onClose} header={finding?.primaryAlias ?? finding?.keyId ?? 'Key'}>
      {finding && (
        <SpaceBetween size="m">
          <Box>
            <Said text={finding.explanation} /> <Said text={finding.advice} none="" />
          </Box>
          <KeyValuePairs
            columns={2}
            items={[['keyArn', finding.keyArn] as const, ...rest].map(([label, value]) => ({
              label,
              value: <Said text={typeof value === 'string' ? value : JSON.stringify(value)} />,
            }))}
          />
        </SpaceBetween>
      )}
    </Modal>
  );
}
