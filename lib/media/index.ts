export { deleteFilesOf } from "./delete-files";
export { decodeName } from "./file-name";
export { MAX_FILE_BYTES } from "./limits";
export { readFile } from "./read-file";
export { type FileView, fileSchema, storeFile } from "./store-file";
export { tidiedFilesSchema, tidyFiles } from "./tidy";
