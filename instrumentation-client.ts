/**
 * Runs in the browser before all other code. Disables zod's probe for schema compilation, which the content security
 * policy blocks and reports as a violation. Sets zod's global configuration directly: an import of zod here would add
 * it to every page.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
