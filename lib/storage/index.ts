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
export { createUploadToken, readUploadCallback, UPLOAD_TOKEN_VALID_MS } from "./client-uploads";
export {
  downloadBlob,
  hasPublicStore,
  openBlob,
  publicBlobUrl,
  putBlobFile,
  putPublicBlob,
  putPublicBlobFile,
} from "./large-blobs";
