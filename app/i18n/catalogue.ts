import type { Locale } from "@/lib/core/locale";
import type ruOnDemand from "./messages/on-demand/ru.json";
import type ru from "./messages/ru.json";

/** The texts that a browser loads with the first component that needs them (on-demand-messages.tsx). */
export type OnDemandMessages = typeof ruOnDemand;

/** All texts of one language. The Russian ones define the type. */
export type Messages = typeof ru & OnDemandMessages;

/** The return type keeps English in step with Russian: a missing key does not compile. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  const [{ default: messages }, { default: onDemand }] = await Promise.all(
    locale === "ru"
      ? [import("./messages/ru.json"), import("./messages/on-demand/ru.json")]
      : [import("./messages/en.json"), import("./messages/on-demand/en.json")],
  );
  return { ...messages, ...onDemand };
}
