export { closeReport } from "./close-report";
export { createReport } from "./create-report";
export { eraseReportBatch } from "./erase-account";
export { listReports } from "./list-reports";
