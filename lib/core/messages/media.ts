import type { Locale } from "../locale";

/** Posts, their sound, and files. */
export const mediaMessages = {
  post_not_found: { ru: "Такого поста нет", en: "There is no such post" },
  track_not_ready: { ru: "Здесь пока нечего слушать", en: "There is nothing to play here yet" },
  track_not_failed: {
    ru: "Заменить можно только трек, который не удалось обработать",
    en: "Only a track that could not be processed can be replaced",
  },
  sound_already_posted: {
    ru: "Этот трек уже есть в другом вашем посте",
    en: "This track is in another post of yours already",
  },

  file_not_found: { ru: "Такого файла нет", en: "There is no such file" },
  file_empty: { ru: "Файл пустой", en: "The file is empty" },
  file_too_large: { ru: "Файл больше 4 МБ", en: "The file is larger than 4 MB" },
  file_name_invalid: {
    ru: "Имя файла передано неверно: нужен заголовок x-file-name в кодировке URL",
    en: "The file's name is not valid: x-file-name carries it, encoded as in a URL",
  },
  file_type_refused: {
    ru: "Такие файлы не принимаются. Можно картинки, звук, PDF и простой текст",
    en: "Files of this type are not taken. Pictures, sounds, PDF and plain text are",
  },
  picture_unreadable: { ru: "Эта картинка повреждена", en: "This picture is damaged" },
  picture_too_large: {
    ru: "В этой картинке слишком много пикселей",
    en: "This picture has too many pixels",
  },
  too_many_files: {
    ru: "У вас уже 200 файлов. Удалите сообщения с ненужными: на другой день место освободится",
    en: "You have 200 files already. Delete messages with those you do not need: a day later there is room",
  },
  files_full: {
    ru: "Ваши файлы занимают 200 МБ. Удалите сообщения с ненужными: на другой день место освободится",
    en: "Your files take 200 MB. Delete messages with those you do not need: a day later there is room",
  },
  files_unavailable: {
    ru: "Хранилище файлов сейчас не отвечает, попробуйте чуть позже",
    en: "The store of files does not answer right now, try again a little later",
  },
  files_not_configured: {
    ru: "Файлы здесь не принимаются: хранилище не настроено",
    en: "Files are not taken here: no store is set up",
  },

  sound_not_available: {
    ru: "Звук здесь пока не принимается: его нечем обработать или негде хранить",
    en: "Sound is not taken here yet: nothing can process or keep it",
  },
  sound_too_large_here: {
    ru: "Такой большой файл этот сайт не обработает. Сохраните его во FLAC: звук тот же, а места вдвое меньше",
    en: "This site cannot process a file of this size. Save it as FLAC: the same sound in half the space",
  },
  covers_not_available: {
    ru: "Обложки здесь не принимаются: открытое хранилище не настроено",
    en: "Covers are not taken here: no public store is set up",
  },
  too_many_uploads: {
    ru: "У вас уже 500 загруженных файлов. Удалите ненужные",
    en: "You have uploaded 500 files already. Delete those you do not need",
  },
  uploads_full: {
    ru: "Ваши загрузки занимают 10 ГБ. Удалите ненужные",
    en: "Your uploads take 10 GB. Delete those you do not need",
  },
  upload_not_finished: {
    ru: "Файл ещё не загружен до конца",
    en: "The file has not arrived in full yet",
  },
  upload_in_use: {
    ru: "Этот файл нужен посту, товару или вашей странице, поэтому он останется",
    en: "A post, a product or your page needs this file, so it stays",
  },
  upload_wrong_purpose: {
    ru: "Этот файл загружен для другого",
    en: "This file was uploaded for something else",
  },
  upload_unusable: {
    ru: "Этот файл не загружен до конца или не принят",
    en: "This file has not arrived in full, or was refused",
  },
} as const satisfies Record<string, Record<Locale, string>>;
