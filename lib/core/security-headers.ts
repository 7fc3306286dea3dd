import { env } from "./env";
import { ERROR_PAGE_STYLE_SOURCE } from "./http/error-page";
import { blobUploadUrl, publicStoreUrl } from "./public-store";

/**
 * The security headers of every response. Runs on the edge: no Node APIs. SECURITY.md has the reason for each header.
 */

/** The gate passes the response's nonce to the app's layout in this request header and overwrites a caller's value. */
export const NONCE_HEADER = "x-nonce";

/** What a response's security headers depend on. */
export interface SecurityContext {
  /** `next dev` uses `eval` for modules and inline styles. */
  isDevelopment: boolean;
  /** The site is served over HTTPS, so HSTS may be set. */
  isHttps: boolean;
  /** Where covers, sound and waveforms are read from, and where uploads go; null without a store. */
  publicStoreUrl: string | null;
  uploadUrl: string | null;
}

/** 128 random bits; use each nonce for one response. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * The policy of a page. A script runs only with the nonce, or when a script with the nonce loads it; an injected
 * script has neither. React writes styles that depend on data (the tint of a post, the width of a bar) as attributes,
 * so style attributes are allowed; `<style>` needs the nonce. Of other origins only the blob store is allowed, down to
 * its path: pages play, draw and show what is in it, and send uploads to its API.
 */
export function pageContentPolicy(
  nonce: string,
  { isDevelopment, isHttps, publicStoreUrl: store, uploadUrl }: SecurityContext,
): string {
  const scripts = `'self' 'nonce-${nonce}' 'strict-dynamic'`;
  return formatPolicy({
    "default-src": "'self'",
    "script-src": isDevelopment ? `${scripts} 'unsafe-eval'` : scripts,
    "script-src-attr": "'none'",
    // A nonce would disable 'unsafe-inline', and the development server does not set nonces on styles.
    "style-src": isDevelopment ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
    "style-src-attr": "'unsafe-inline'",
    "img-src": joinSources("'self' data: blob:", store),
    "font-src": "'self'",
    "media-src": joinSources("'self' blob:", store),
    "connect-src": joinSources("'self'", store, uploadUrl),
    "worker-src": "'self'",
    "frame-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    ...(isHttps ? { "upgrade-insecure-requests": "" } : {}),
  });
}

/**
 * The policy of API responses, which must not be rendered. They include uploaded files: if a browser opens one as a
 * document, the sandbox disables scripts and gives it an opaque origin.
 */
export const DATA_CONTENT_POLICY = formatPolicy({
  sandbox: "",
  "default-src": "'none'",
  "frame-ancestors": "'none'",
});

/** The same for an address of the API that a browser navigates to: an error is a page there, with this style alone. */
export const DATA_PAGE_CONTENT_POLICY = formatPolicy({
  sandbox: "",
  "default-src": "'none'",
  "style-src": ERROR_PAGE_STYLE_SOURCE,
  "frame-ancestors": "'none'",
});

/** Browser features that our pages do not use, so that injected code cannot use them either. */
const DISABLED_FEATURES = [
  ...["accelerometer", "browsing-topics", "display-capture", "geolocation"],
  ...["gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb"],
];

const STATIC_HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // For browsers without support for frame-ancestors.
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  // Tickets are scanned (app/(site)/check-in). On every page: a document keeps its policy while it shows other pages.
  "Permissions-Policy": ["camera=(self)", ...DISABLED_FEATURES.map((feature) => `${feature}=()`)].join(", "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

/** Two years. Without `includeSubDomains`, since other subdomains may belong to other services. */
const HSTS_VALUE = "max-age=63072000";

/** Sets the security headers of a response. */
export function setSecurityHeaders(
  headers: Headers,
  contentPolicy: string,
  { isHttps }: SecurityContext,
): void {
  headers.set("Content-Security-Policy", contentPolicy);
  for (const [name, value] of Object.entries(STATIC_HEADERS)) headers.set(name, value);
  if (isHttps) headers.set("Strict-Transport-Security", HSTS_VALUE);
}

/** Never throws: with an invalid environment it returns the strictest values that suit every deployment. */
export function getSecurityContext(): SecurityContext {
  try {
    const { NODE_ENV, APP_URL } = env();
    return {
      isDevelopment: NODE_ENV === "development",
      isHttps: APP_URL.startsWith("https:"),
      publicStoreUrl: publicStoreUrl(),
      uploadUrl: blobUploadUrl(),
    };
  } catch {
    return { isDevelopment: false, isHttps: false, publicStoreUrl: null, uploadUrl: null };
  }
}

function joinSources(...sources: (string | null)[]): string {
  return sources.filter((source) => source !== null).join(" ");
}

function formatPolicy(directives: Record<string, string>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join("; ");
}
