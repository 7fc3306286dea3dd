import { GET as read } from "@/app/api/media/[id]/route";
import { POST as upload } from "@/app/api/media/route";
import type { Caller } from "@/lib/core/access-token";
import { accessTokenFor } from "@/tests/support/factories/sessions";

interface UploadOptions {
  name?: string;
  type?: string;
  headers?: Record<string, string>;
}

/** Uploads a file as a browser does. */
export async function uploadTestFile(
  as: Caller,
  body: BodyInit,
  { name = "a.txt", type = "text/plain", headers }: UploadOptions = {},
) {
  const request = new Request("http://localhost/api/media", {
    ...{ method: "POST", body, duplex: "half" },
    headers: {
      authorization: `Bearer ${await accessTokenFor(as)}`,
      "content-type": type,
      "x-file-name": encodeURIComponent(name),
      "accept-language": "en",
      ...headers,
    },
  } as RequestInit);
  const response = await upload(request, { params: Promise.resolve({}) });
  // biome-ignore lint/suspicious/noExplicitAny: a body that the test inspects
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

/** Downloads a file. @param as  null for an anonymous viewer */
export async function downloadTestFile(id: string, as: Caller | null, headers: Record<string, string> = {}) {
  const request = new Request(`http://localhost/api/media/${id}`, {
    headers: { ...headers, ...(as ? { authorization: `Bearer ${await accessTokenFor(as)}` } : {}) },
  });
  const response = await read(request, { params: Promise.resolve({ id }) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}
