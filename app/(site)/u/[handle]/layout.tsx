import { layoutWithMessages } from "@/app/i18n/client-messages";

export default layoutWithMessages(
  "person",
  "feed",
  "post",
  "views",
  "plays",
  "shop",
  "share",
  "copyButton",
  "contacts",
  "report",
  "longText",
);
