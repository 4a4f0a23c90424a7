import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

type StructClass = typeof Struct;

/**
 * Lets values pass between SDK and engine in memory without becoming protobuf fields on the way, a tenth of a preview's time. Whoever asks
 * for fields, as serialisation does for transforms, still finds them.
 */
export function keepStructsPlain(module: { Struct: StructClass }): void {
  const { Struct: Original } = module;
  const asFields = Original.fromJavaScript.bind(Original);

  class PlainStruct extends Original {
    private filled = false;
    constructor(private readonly plain: Plain) {
      super();
    }
    override toJavaScript(): Plain {
      return this.filled ? super.toJavaScript() : copyObject(this.plain, () => ({}));
    }
    override getFieldsMap(): ReturnType<Struct["getFieldsMap"]> {
      const fields = super.getFieldsMap();
      if (!this.filled) {
        this.filled = true;
        asFields(this.plain)
          .getFieldsMap()
          .forEach((value, key) => fields.set(key, value));
      }
      return fields;
    }
  }
  // The caller goes on using its object: what travels is a copy, in objects without a prototype, where `__proto__` is a key like others.
  Original.fromJavaScript = value => new PlainStruct(copyObject(value, () => Object.create(null) as Plain));
}

type Plain = Record<string, JavaScriptValue>;

/** As the way through fields leaves it: keys in order, inherited ones too, and nothing that JSON does not know. */
function copyObject(value: Plain, empty: () => Plain): Plain {
  const keys: string[] = [];
  for (const key in value) keys.push(key);
  const copy = empty();
  for (const key of keys.sort()) copy[key] = copyValue(value[key], empty);
  return copy;
}

function copyValue(value: JavaScriptValue | undefined, empty: () => Plain): JavaScriptValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      if (!Array.isArray(value)) return copyObject(value as Plain, empty);
      return (value as JavaScriptValue[]).map(each => copyValue(each, empty));
    default:
      throw new Error("Unexpected struct type.");
  }
}
