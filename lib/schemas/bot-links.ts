import { z } from "zod";

/** A Telegram user that may act for an account in a bot. */
export const botLinkSchema = z.object({
  id: z.uuid(),
  /** The first name in Telegram. */
  name: z.string(),
  botName: z.string(),
  /** In Telegram, without the @. */
  botUsername: z.string(),
  linkedAt: z.iso.datetime().nullable(),
});
export type BotLink = z.infer<typeof botLinkSchema>;

/** A Telegram user who asks to be linked with an account. */
export type LinkOffer = Pick<BotLink, "name" | "botName" | "botUsername">;

/** A one-time code to send to a bot. */
export const newLinkCodeSchema = z.object({
  code: z.string(),
  /** Opens the bot in Telegram with the code. */
  url: z.url(),
  botName: z.string(),
  expiresAt: z.iso.datetime(),
  /** How long it lives. */
  minutes: z.int(),
});
export type NewLinkCode = z.infer<typeof newLinkCodeSchema>;
