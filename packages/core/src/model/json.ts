/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** A bag of named values, as templates and providers receive them. Keys such as `__proto__` are plain data. */
export type DataBag = { readonly [key: string]: unknown }
