import '@cloudscape-design/global-styles/index.css';
import './page.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { createRoot } from 'react-dom/client';
import { askAhead } from './api.ts';
import { App } from './app.tsx';
import { FIRST_LISTING, queryOf } from './keys.tsx';
import { takeSecret } from './secret.ts';

takeSecret();
askAhead(queryOf(FIRST_LISTING));
const place = document.getElementById('page');
if (place) {
  createRoot(place).render(
    <I18nProvider locale="en" messages={[messages]}>
      <App />
    </I18nProvider>,
  );
}
