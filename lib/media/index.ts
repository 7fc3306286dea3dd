export { deleteFilesOf } from "./delete-files";
export { MAX_FILE_BYTES } from "./limits";
export { decodeName } from "./name";
export { readFile } from "./read-file";
export { type FileView, fileSchema, storeFile } from "./store-file";
export { tidiedFilesSchema, tidyFiles } from "./tidy";
