import { env } from "./env";

/**
 * What every answer tells the browser: what it may load and run, who may frame it, what it tells other sites.
 * Runs on the edge: no Node APIs. SECURITY.md has the table with the reason for each header.
 */

/** The header in which the gate tells the app's layout the nonce of this answer; a caller's own is overwritten. */
export const NONCE_HEADER = "x-nonce";

/** What the policies of an answer depend on. */
export interface SecurityContext {
  /** `next dev` evaluates modules and writes styles into the page. */
  isDevelopment: boolean;
  /** The site is reached by https, so that it may be held to it. */
  isHttps: boolean;
}

/** 128 bits, good for one answer. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * The policy of a page. Scripts run when they carry the nonce, or when one that does loads them; a script that
 * somebody got into the page does neither. React writes styles that depend on data (the tint of a post, the width
 * of a bar) as attributes, so those are allowed; `<style>` needs the nonce.
 */
export function pageContentPolicy(nonce: string, { isDevelopment, isHttps }: SecurityContext): string {
  const scripts = `'self' 'nonce-${nonce}' 'strict-dynamic'`;
  return formatPolicy({
    "default-src": "'self'",
    "script-src": isDevelopment ? `${scripts} 'unsafe-eval'` : scripts,
    "script-src-attr": "'none'",
    // With a nonce beside it 'unsafe-inline' would count for nothing, and the development server knows no nonce.
    "style-src": isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    ...(isHttps ? { "upgrade-insecure-requests": "" } : {}),
  });
}

/**
 * The policy of what is no page: nothing in it is to be rendered. Files that people sent are among it, and one that a
 * browser opens by itself all the same is in a sandbox: nothing runs, and nothing is in our origin.
 */
export const DATA_CONTENT_POLICY = formatPolicy({
  sandbox: "",
  "default-src": "'none'",
  "frame-ancestors": "'none'",
});

/** Features that no page of ours uses: what gets into a page cannot use them either. */
const DISABLED_FEATURES = [
  ...["accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"],
  ...["gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb"],
];

const STATIC_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // For browsers that do not know frame-ancestors.
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": DISABLED_FEATURES.map((feature) => `${feature}=()`).join(", "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

/** Two years. Without `includeSubDomains`: the neighbours under the same name are not ours to decide on. */
const HSTS_VALUE = "max-age=63072000";

/** Writes the headers of an answer. */
export function setSecurityHeaders(
  headers: Headers,
  contentPolicy: string,
  { isHttps }: SecurityContext,
): void {
  headers.set("Content-Security-Policy", contentPolicy);
  for (const [name, value] of Object.entries(STATIC_HEADERS)) headers.set(name, value);
  if (isHttps) headers.set("Strict-Transport-Security", HSTS_VALUE);
}

/** Never throws: where the environment is broken the headers are the strictest that hold anywhere. */
export function getSecurityContext(): SecurityContext {
  try {
    const { NODE_ENV, APP_URL } = env();
    return { isDevelopment: NODE_ENV === "development", isHttps: APP_URL.startsWith("https:") };
  } catch {
    return { isDevelopment: false, isHttps: false };
  }
}

function formatPolicy(directives: Record<string, string>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join("; ");
}
