/** Called by alarms: turns the tracing of a function on while something is wrong with it. It comes with the plugin. */
export { handler } from 'serverless-lambda-lantern/on-alarm';
