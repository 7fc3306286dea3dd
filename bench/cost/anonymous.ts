import { newClientAddress } from "@/tests/support/clients/browser-accounts";
import type { Probe } from "./probe";

/** The document of the feed without a session. */
export const anonymous: Probe = {
  name: "anonymous",
  measure: async (stage) => {
    const load = async () => {
      const response = await fetch(stage.url, { headers: { "x-forwarded-for": newClientAddress() } });
      if (!response.ok) throw new Error(`the feed: ${response.status}`);
      await response.text();
    };
    // The sync of the views that an earlier row has caused would be counted.
    await stage.waitForFollowUp();
    await load();
    const { billed } = await stage.measure(load);
    return [{ what: "anonymous page", now: String(billed), atMost: "6" }];
  },
};
