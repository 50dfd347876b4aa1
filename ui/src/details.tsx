import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { FindingAnswer } from '../../src/web/shapes.ts';
import { readFinding } from './api.ts';
import { Said } from './words.tsx';

interface Props {
  readonly keyArn: string;
  readonly onClose: () => void;
  readonly caught: (thrown: unknown) => void;
}

/** All that is known of one key. */
export function Details({ keyArn, onClose, caught }: Props) {
  const [answer, setAnswer] = useState<FindingAnswer>();
  useEffect(() => {
    readFinding(keyArn).then(setAnswer, caught);
  }, [keyArn, caught]);
  const finding = answer?.finding;
  return (
    <Modal
      visible
      size="large"
      onDismiss={onClose}
      header={<Said text={finding?.primaryAlias ?? finding?.keyId ?? 'Key'} />}
    >
      {answer && (
        <SpaceBetween size="m">
          <Box>
            <Said text={answer.finding.explanation} /> <Said text={answer.finding.advice} none="" />
          </Box>
          <KeyValuePairs
            columns={2}
            items={answer.facts.map(({ label, text }) => ({ label, value: <Said text={text} /> }))}
          />
        </SpaceBetween>
      )}
    </Modal>
  );
}
