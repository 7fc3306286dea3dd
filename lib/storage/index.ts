export { deleteBlobs, hasBlobStore, listBlobs, listFolders, putBlob, readBlob } from "./blob";
