import { db } from "../db";
import { botApi } from "./bots";

/** The newest bot; null when there is none. */
function findNewestBot() {
  return db().botProject.findFirst({
    where: { deletedAt: null },
    orderBy: { id: "desc" },
    select: { encryptedToken: true },
  });
}

export async function hasBots(): Promise<boolean> {
  return (await findNewestBot()) !== null;
}

/** One call to Telegram's Bot API for the newest bot. @throws when Telegram refuses its token or does not answer */
export async function pingTelegram(): Promise<void> {
  const bot = await findNewestBot();
  if (bot) await botApi(bot).getMe();
}
