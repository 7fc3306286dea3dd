/**
 * Runs in the browser before the rest: tells zod not to try whether it may compile its schemas, which the content
 * security policy forbids and notes as an attempt. Said where zod will look for it; importing it here would bring it
 * to every page.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
