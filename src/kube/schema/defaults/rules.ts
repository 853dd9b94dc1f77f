// What default rules are: a function for each kind of struct that has defaults in Go code, by definition without its version.

import type { Struct } from './struct.ts';

/** Changes a decoded struct. Rules of a struct run before those of the structs in it. */
export type DefaultRule = (struct: Struct) => void;
export type DefaultRules = Readonly<Record<string, DefaultRule>>;
