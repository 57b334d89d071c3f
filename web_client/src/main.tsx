import './design/tokens.css';
import './design/base.css';
import './design/components.css';
import './design/pages.css';
import './design/room.css';
import './design/tile.css';
import './design/rail.css';
import './design/widths.css';
import { render } from 'preact';
import { App } from './app/app';
import { followAddress } from './app/routes';
import { followTheme } from './state/settings';
import { followLanguage } from './text';

followTheme();
followAddress();
const place = document.getElementById('app');
if (place) {
  void followLanguage().then(() => render(<App />, place));
}
// The fonts are large in number: they come after the first picture.
void import('./design/fonts.css');
