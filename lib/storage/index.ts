export {
  type BlobStoreName,
  deleteBlobs,
  hasBlobStore,
  headBlob,
  listBlobs,
  listFolders,
  putBlob,
  readBlob,
} from "./blob";
export { createUploadToken, readUploadCallback } from "./client-uploads";
export {
  downloadBlob,
  hasPublicStore,
  openBlob,
  publicBlobUrl,
  putBlobFile,
  putPublicBlob,
  putPublicBlobFile,
} from "./large-blobs";
