// Written by tools/schemas.ts: the minor releases there are data for, newest first.

export const minors: readonly string[] = ['1.37', '1.36', '1.35', '1.34', '1.33', '1.32', '1.31', '1.30', '1.29', '1.28', '1.27', '1.26', '1.25'];
