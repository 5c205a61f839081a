// JSON Schema 2020-12 as `describe` prints it, compiled by ajv in strict mode.
import Ajv2020 from "ajv/dist/2020.js";

const dialect = "https://json-schema.org/draft/2020-12/schema";

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: false, addUsedSchema: false });
ajv.addKeyword({ keyword: "x-unit", schemaType: "string" });

/** A function that answers [] for a valid value, else sentences. Throws where the schema itself is not valid. */
export function validator(schema) {
  if (schema.$schema !== undefined && schema.$schema !== dialect)
    throw new Error(`$schema is ${schema.$schema}, expected ${dialect}`);
  const check = ajv.compile(schema);
  return (value) => {
    if (check(value)) return [];
    return check.errors.map((e) => `${e.instancePath || "(whole)"} ${e.message} ${JSON.stringify(e.params)}`);
  };
}

/** The schema behind a $ref, and the alternatives of anyOf or oneOf, as one flat list. */
export function alternatives(schema, whole) {
  if (schema === undefined || schema === true) return [];
  if (schema.$ref) return alternatives(pointed(whole, schema.$ref), whole);
  const some = schema.anyOf ?? schema.oneOf ?? schema.allOf; // allOf wraps one schema to give it a description
  return some ? some.flatMap((s) => alternatives(s, whole)) : [schema];
}

function pointed(whole, ref) {
  if (!ref.startsWith("#/")) throw new Error(`$ref ${ref} leaves the document`);
  return ref
    .slice(2)
    .split("/")
    .reduce((s, step) => s[step.replaceAll("~1", "/").replaceAll("~0", "~")], whole);
}
