export { eraseFileBatch } from "./delete-files";
export { decodeFileName } from "./file-name";
export { readFile } from "./read-file";
export { storeFile } from "./store-file";
export { tidiedFilesSchema, tidyFiles } from "./tidy";
export { audioFileColumns, coverFileColumns, toCoverView, toTrackView } from "./track-view";
