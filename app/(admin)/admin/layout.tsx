import { layoutWithMessages } from "@/app/i18n/client-messages";

export default layoutWithMessages(
  "console",
  "peopleConsole",
  "viewSync",
  "operatorAction",
  "redisBackup",
  "taskActions",
  "alertTest",
);
