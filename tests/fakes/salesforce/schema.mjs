// Objects of an org and their fields, in the words of describe.
const field = (name, type, more = {}) => ({ name, type, ...more });

const own = [
  field("Id", "id", { length: 18, nillable: false }),
  field("IsDeleted", "boolean", { nillable: false }),
  field("CreatedDate", "datetime", { nillable: false }),
  field("LastModifiedDate", "datetime", { nillable: false }),
  field("SystemModstamp", "datetime", { nillable: false }),
];

const text = (name, length = 255) => field(name, "string", { length });
const to = (name, object) => field(name, "reference", { length: 18, referenceTo: [object], relationshipName: name.replace(/Id$/, "") });

/** { name, keyPrefix, fields[], queryable, bulk } for each object of a new org. `bulk: false`: not for the Bulk API. */
export const standard = [
  { name: "Account", keyPrefix: "001", fields: [text("Name"), text("Industry", 40), text("BillingCity", 40), field("BillingAddress", "address"), field("AnnualRevenue", "currency", { precision: 18, scale: 0 })] },
  { name: "Contact", keyPrefix: "003", fields: [text("LastName", 80), text("Email", 80), to("AccountId", "Account")] },
  {
    name: "Opportunity",
    keyPrefix: "006",
    fields: [text("Name", 120), field("StageName", "picklist", { length: 40 }), field("Amount", "currency", { precision: 18, scale: 2 }), field("TotalOpportunityQuantity", "double", { precision: 18, scale: 2 }), field("CloseDate", "date"), to("AccountId", "Account")],
  },
  { name: "Product2", keyPrefix: "01t", fields: [text("Name"), text("ProductCode"), text("Family", 40), field("IsActive", "boolean")] },
  { name: "Order", keyPrefix: "801", fields: [text("OrderNumber", 30), field("EffectiveDate", "date"), field("Status", "picklist", { length: 40 }), to("AccountId", "Account")] },
  {
    name: "OrderItem",
    keyPrefix: "802",
    fields: [field("Quantity", "double", { precision: 18, scale: 2 }), field("UnitPrice", "currency", { precision: 18, scale: 2 }), field("ServiceDate", "date"), field("Description", "textarea", { length: 4000 }), to("OrderId", "Order"), to("Product2Id", "Product2")],
  },
  { name: "OrderStatus", keyPrefix: "0os", bulk: false, fields: [text("MasterLabel")] },
  { name: "ContentFolderItem", keyPrefix: "07H", queryable: false, fields: [text("Title")] },
];

/** The whole object from a short one. */
export const complete = (object) => ({ queryable: true, bulk: true, label: object.name, ...object, fields: [...own, ...object.fields] });

const soapTypes = { boolean: "xsd:boolean", double: "xsd:double", currency: "xsd:double", percent: "xsd:double", int: "xsd:int", date: "xsd:date", datetime: "xsd:dateTime", id: "tns:ID", reference: "tns:ID", address: "urn:address" };
const compound = new Set(["address", "location"]);

const describeField = (f) => ({
  name: f.name,
  label: f.name,
  type: f.type,
  soapType: soapTypes[f.type] ?? "xsd:string",
  length: f.length ?? 0,
  byteLength: (f.length ?? 0) * 3,
  precision: f.precision ?? 0,
  scale: f.scale ?? 0,
  nillable: f.nillable ?? true,
  custom: f.name.endsWith("__c"),
  calculated: f.calculated ?? false,
  compoundFieldName: null,
  filterable: !compound.has(f.type) && f.type !== "textarea",
  sortable: !compound.has(f.type) && f.type !== "textarea",
  groupable: f.type !== "double" && f.type !== "currency" && !compound.has(f.type),
  referenceTo: f.referenceTo ?? [],
  relationshipName: f.relationshipName ?? null,
  picklistValues: [],
  externalId: false,
  unique: false,
  createable: !own.includes(f),
  updateable: !own.includes(f),
  defaultedOnCreate: false,
});

const urlsOf = (base, name) => ({ sobject: `${base}/sobjects/${name}`, describe: `${base}/sobjects/${name}/describe`, rowTemplate: `${base}/sobjects/${name}/{ID}` });

const head = (object, base) => ({
  name: object.name,
  label: object.label,
  labelPlural: `${object.label.replace(/y$/, "ie")}s`,
  keyPrefix: object.keyPrefix,
  custom: object.name.endsWith("__c"),
  customSetting: false,
  queryable: object.queryable,
  retrieveable: true,
  replicateable: object.queryable,
  searchable: object.queryable,
  createable: true,
  updateable: true,
  deletable: true,
  undeletable: true,
  layoutable: true,
  mergeable: false,
  triggerable: true,
  feedEnabled: false,
  deprecatedAndHidden: false,
  activateable: false,
  urls: urlsOf(base, object.name),
});

export const describeGlobal = (objects, base) => ({ encoding: "UTF-8", maxBatchSize: 200, sobjects: objects.map((o) => head(o, base)) });
export const describe = (object, base) => ({ ...head(object, base), fields: object.fields.map(describeField), childRelationships: [], recordTypeInfos: [], namedLayoutInfos: [], supportedScopes: [], actionOverrides: [] });
