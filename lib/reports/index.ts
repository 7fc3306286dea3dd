export { closeReport } from "./close-report";
export { createReport } from "./create-report";
export { eraseReportBatch, eraseReportedBatch } from "./erase-account";
export { listReports } from "./list-reports";
export { tidyReports } from "./tidy-reports";
