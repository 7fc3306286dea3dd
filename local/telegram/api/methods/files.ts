import type { File } from "grammy/types";
import { badRequest } from "../../errors";
import type { Call, Method } from "../call";

function getFile({ context, params }: Call): File {
  if (!params.has("file_id")) throw badRequest("file_id not specified");
  const file = context.store.state.tables.files.get(params.text("file_id"));
  if (!file) throw badRequest("wrong file_id or the file is temporarily unavailable");
  if (file.size > context.limits.maxDownloadBytes) throw badRequest("file is too big");
  return {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    file_size: file.size,
    file_path: file.path,
  };
}

export const fileMethods: Record<string, Method> = { getFile };
