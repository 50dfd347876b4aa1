import { TIMES } from '../time.ts';
import type { Section } from './model.ts';

export function limitsSection(): Section {
  return {
    id: 'limits',
    title: 'What this report does not prove',
    blocks: [
      {
        kind: 'list',
        items: [
          'That a rotation has happened. Turning rotation on changes a setting; the first rotation follows one ' +
            'period later. AWS records each as the CloudTrail event RotateKey.',
          'That rotation is still on. Every statement holds for the time at which AWS was asked, which stands beside it.',
          'That Keyturn made a change marked presumed. The answer to its call was lost, and the key read back as on: ' +
            'somebody else could have turned it on in between.',
          'That a person is who the names say. The caller ARN is AWS’s; the user and the host are what the machine ' +
            'said of itself.',
          `When things happened. ${TIMES}`,
          'Anything of places, Regions and keys that are listed under “What could not be seen”.',
          'That data was encrypted anew. Rotation changes the material for new data; old data stays readable with the ' +
            'old material.',
        ],
      },
      { kind: 'heading', text: 'How to check it against AWS’s own record' },
      {
        kind: 'prose',
        text: [
          'CloudTrail is AWS’s record, not Keyturn’s. Each change above names its request id; look for it in the field ',
          { code: 'requestID' },
          ' of the events EnableKeyRotation of that account and Region:',
        ],
      },
      {
        kind: 'prose',
        text: {
          code:
            'aws cloudtrail lookup-events --region REGION ' +
            '--lookup-attributes AttributeKey=EventName,AttributeValue=EnableKeyRotation ' +
            '--start-time TIME --end-time TIME',
        },
      },
      {
        kind: 'prose',
        text:
          'The event history holds 90 days and can lag an hour or more. A trail can leave KMS events out, so an event ' +
          'that is missing from a trail is no proof that nothing happened.',
      },
    ],
  };
}
