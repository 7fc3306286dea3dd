/**
 * First lines of scripts. Without one Upstash runs a script under a lock of the whole database; with it under locks of
 * the script's KEYS, and then the script may touch no other key. No import: the edge uses them too.
 */

/** For a script that writes, or that must not read what a replica has not received yet. */
export const KEY_LOCKING = "#!lua flags=allow-key-locking";

/** For a script that only reads and may be served by a replica, which can be some milliseconds behind. */
export const READ_ONLY_KEY_LOCKING = "#!lua flags=no-writes,allow-key-locking";
