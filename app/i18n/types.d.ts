import type { Messages } from "@/app/i18n/catalogue";
import type { Locale } from "@/lib/core/locale";

// Makes an unknown message key a type error.
declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
