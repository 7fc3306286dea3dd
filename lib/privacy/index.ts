export { deleteAccount } from "./delete-account";
export { exportAccount } from "./export-account";
export { accountExportSchema } from "./export-schema";
