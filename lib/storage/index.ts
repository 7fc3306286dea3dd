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
export {
  downloadBlob,
  hasPublicStore,
  publicBlobUrl,
  putPublicBlob,
  putPublicBlobFile,
} from "./large-blobs";
