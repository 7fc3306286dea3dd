import "server-only";
import { headers } from "next/headers";

/**
 * Whether a document was asked for (by address, reload, a bot) and not the next page of somebody already
 * here. A document waits for its content: it then carries the true status (404 for a post that is not
 * there), is complete for search engines, and reads without scripts. Inside the site the skeleton is
 * quicker. Browsers say which it is; whoever does not say gets the document.
 */
export async function isDocument(): Promise<boolean> {
  return (await headers()).get("sec-fetch-dest") !== "empty";
}
