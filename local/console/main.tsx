import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/list.css';
import './styles/search.css';
import './styles/histogram.css';
import './styles/trace.css';
import './styles/timeline.css';
import './styles/details.css';
import './styles/compare.css';
import './styles/range.css';
import './styles/alarms.css';
import './styles/schedules.css';
import './styles/chart.css';
import './styles/map.css';
import './styles/logs.css';
import { render } from 'preact';
import { createHttpApi } from './api/http-api.ts';
import { App } from './shell/app.tsx';
import { applyTheme, rememberedTheme } from './theme/theme.ts';

applyTheme(rememberedTheme());

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element with the id "app" to draw the page in.');
render(<App api={createHttpApi()} />, root);
