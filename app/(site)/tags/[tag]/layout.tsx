import { layoutWithMessages } from "@/app/i18n/client-messages";

export default layoutWithMessages("postList", "views", "plays");
