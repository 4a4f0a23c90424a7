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
    constructor(private readonly plain: Record<string, JavaScriptValue>) {
      super();
    }
    override toJavaScript(): Record<string, JavaScriptValue> {
      return this.filled ? super.toJavaScript() : copyObject(this.plain);
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
  // The caller goes on using its object: what travels is a copy.
  Original.fromJavaScript = value => new PlainStruct(copyObject(value));
}

/** As the way through fields leaves it: keys in order, inherited ones too, and nothing that JSON does not know. */
function copyObject(value: Record<string, JavaScriptValue>): Record<string, JavaScriptValue> {
  const keys: string[] = [];
  for (const key in value) keys.push(key);
  const copy: Record<string, JavaScriptValue> = {};
  for (const key of keys.sort()) copy[key] = copyValue(value[key]);
  return copy;
}

function copyValue(value: JavaScriptValue | undefined): JavaScriptValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      return Array.isArray(value) ? value.map(copyValue) : copyObject(value as Record<string, JavaScriptValue>);
    default:
      throw new Error("Unexpected struct type.");
  }
}
