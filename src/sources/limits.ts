// What an input may cost at most. Every limit is told when it bites; none is there to be met by real manifests.

const mebibyte = 1024 * 1024;

/** Largest file, archive member or stream of text, in bytes; a text of V8 cannot be much larger. */
export const maxFileSize = 256 * mebibyte;
/** Bytes that all texts of an archive may have together. */
export const maxArchiveText = 512 * mebibyte;
/** Bytes an archive may unpack to, counting what is passed over. */
export const maxUnpacked = 2048 * mebibyte;
/** Entries of an archive. */
export const maxEntries = 200_000;
/** How many times its packed size an archive may unpack to, once it has unpacked to more than `ratioFrom` bytes. Manifests reach 40. */
export const maxRatio = 250;
export const ratioFrom = 32 * mebibyte;
/** Bytes a renderer may print. */
export const maxRendered = 64 * mebibyte;
/** Milliseconds a renderer may take. */
export const renderTimeout = 20_000;
/** Renderings of one scan that nobody asked for by name: a walk over a hundred projects is no deployment. */
export const maxUnaskedRenderings = 16;
