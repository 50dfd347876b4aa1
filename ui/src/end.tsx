import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

/** Ends keyturn review, after a question: one click next to another button is easily made. */
export function EndButton({ onEnd }: { onEnd: () => void }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setAsked(true)}>Done</Button>
      {isAsked && (
        <Modal
          visible
          size="small"
          onDismiss={() => setAsked(false)}
          header="End the review?"
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setAsked(false)}>
                  Stay
                </Button>
                <Button variant="primary" onClick={onEnd}>
                  End the review
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          This stops <code>keyturn review</code> and closes the page in every tab. Recorded decisions are
          kept. Keys that are only selected are forgotten.
        </Modal>
      )}
    </>
  );
}
