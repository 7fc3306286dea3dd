import type { Locale } from "@/lib/core/locale";
import type messages from "./messages/ru.json";

// A key that does not exist is a type error. Russian is the measure.
declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof messages;
  }
}
