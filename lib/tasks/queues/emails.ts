import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { localeSchema } from "../../schemas/locale";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Sends a mail in the language of its reader. */
export const emails = defineQueue({
  name: "emails",
  version: 1,
  payload: z.object({
    /**
     * An address; an account, resolved to its address when the mail is sent; or an account link, resolved to the
     * address that the link is for.
     */
    to: z.union([
      z.object({ userId: idSchema }),
      z.object({ address: z.email().max(254) }),
      z.object({ linkId: idSchema }),
    ]),
    locale: localeSchema,
    /** A name in lib/mail's catalogue, which also has the schema of `props`. */
    template: z.string().min(1).max(40),
    props: z.record(z.string(), z.json()),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "mail",
  deadlineSeconds: 2 * DAY_SECONDS,
  cancellable: true,
  personal: true,
  available: true,
});
