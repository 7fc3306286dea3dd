import { layoutWithMessages } from "@/app/i18n/client-messages";

export default layoutWithMessages(
  "post",
  "longText",
  "views",
  "plays",
  "share",
  "copyButton",
  "report",
  "form",
);
