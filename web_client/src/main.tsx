import './design/fonts/own_texts.css';
import './design/tokens.css';
import './design/base.css';
import './design/components.css';
import './design/pages.css';
import './design/room.css';
import './design/tile.css';
import './design/rail.css';
import './design/widths.css';
import { render } from 'preact';
import { App } from './app';
import { followAddress } from './navigation/routes';
import { followScripts } from './design/scripts';
import { followTheme } from './state/settings';
import { followLanguage } from './text';

followTheme();
followScripts();
followAddress();
const place = document.getElementById('app');
if (place) {
  followLanguage().then(
    () => render(<App />, place),
    () => {
      // The texts could not be loaded, so this sentence is written here.
      place.textContent =
        'Pavilion could not be loaded. Load the page again. · 페이지를 불러오지 못했습니다. 다시 불러오십시오.';
    },
  );
}
