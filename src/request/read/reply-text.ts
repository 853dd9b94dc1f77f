// Replies as JSON text. Objects do not change, so that the text of one is made once and kept beside it; a list is put together of the texts of
// its items.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';

const texts = new WeakMap<JsonObject, string>();

/** The JSON of a reply's object. */
export function replyText(object: JsonObject): string {
  const { items } = object;
  if (!Array.isArray(items)) return textOf(object);
  const members = Object.entries(object).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [`${JSON.stringify(key)}:${value === items ? `[${items.map(itemText).join(',')}]` : JSON.stringify(value)}`];
  });
  return `{${members.join(',')}}`;
}

function itemText(item: Json): string {
  return isObject(item) ? textOf(item) : JSON.stringify(item);
}

/** The JSON of one object; made once. */
export function textOf(object: JsonObject): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = goText(JSON.stringify(object));
    texts.set(object, text);
  }
  return text;
}

const special = /[<>&\u2028\u2029]/;

/** JSON as Go writes it: what could end a script stands as its number. */
export function goText(json: string): string {
  if (!special.test(json)) return json;
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
