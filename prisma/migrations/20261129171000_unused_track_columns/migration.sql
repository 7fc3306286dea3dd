-- Nothing read them: the gain is a rendition's and in its task, and every rendition has two channels at 44.1 or 48 kHz.
-- The version before this one writes two of them, so sounds that it examines during the deploy are examined again.
ALTER TABLE "Track" DROP COLUMN "gain", DROP COLUMN "sampleRate", DROP COLUMN "channels";
