import { badRequest } from "../../errors";
import type { Call, Method } from "../call";
import { requireWritableChat } from "../chats";
import { asDocument, asPhotoSizes, readInputFile } from "../input-file";
import { readCaption, readText, sendContent } from "../send-message";

const ACTIONS = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

const sendMessage: Method = (call) => sendContent(call, () => readText(call.params));

const sendPhoto: Method = (call) =>
  sendContent(call, async () => {
    const caption = readCaption(call.params);
    return { photo: asPhotoSizes(await readInputFile(call, "photo")), ...caption };
  });

const sendDocument: Method = (call) =>
  sendContent(call, async () => {
    const caption = readCaption(call.params);
    return { document: asDocument(await readInputFile(call, "document")), ...caption };
  });

const sendContact: Method = (call) =>
  sendContent(call, () => {
    const { params } = call;
    const required = (name: string) => {
      if (!params.has(name)) throw badRequest(`Parameter "${name}" is required`);
      return params.text(name);
    };
    const contact = { phone_number: required("phone_number"), first_name: required("first_name") };
    return {
      contact: { ...contact, ...(params.has("last_name") ? { last_name: params.text("last_name") } : {}) },
    };
  });

function sendChatAction(call: Call): true {
  const { context, bot, params } = call;
  const { person } = requireWritableChat(call);
  const action = params.text("action").toLowerCase();
  if (!ACTIONS.includes(action)) throw badRequest("Wrong parameter action in request");
  context.feed.publish(bot.id, person.id, { kind: "action", action });
  return true;
}

export const messageMethods: Record<string, Method> = {
  sendMessage,
  sendPhoto,
  sendDocument,
  sendContact,
  sendChatAction,
};
