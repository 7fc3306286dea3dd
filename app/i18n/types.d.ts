import type { Locale } from "@/lib/core/locale";
import type messages from "./messages/ru.json";

// Makes an unknown message key a type error. The Russian messages define the type.
declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof messages;
  }
}
