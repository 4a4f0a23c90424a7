/** The bytes of an IPv4 address: four numbers without leading zeros. */
function ipv4(text: string): number[] | undefined {
  const parts = text.split(".", 5);
  const isAddress = parts.length === 4 && parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isAddress ? parts.map(Number) : undefined;
}

/** The bytes of one side of an IPv6 address's `::`; only the last side may end with an IPv4 address. */
function side(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":", 9);
  const bytes = groups.flatMap((group, index): (number | undefined)[] => {
    if (isLast && index === groups.length - 1 && group.includes(".")) return ipv4(group) ?? [undefined];
    const value = /^[0-9a-fA-F]{1,4}$/.test(group) ? Number.parseInt(group, 16) : undefined;
    return value === undefined ? [undefined] : [value >> 8, value & 255];
  });
  return bytes.includes(undefined) ? undefined : (bytes as number[]);
}

function ipv6(text: string): number[] | undefined {
  const sides = text.split("::", 3);
  const [head, tail] = sides.map((one, index) => side(one, index === sides.length - 1));
  if (head === undefined || sides.length > 2) return undefined;
  if (sides.length === 1) return head.length === 16 ? head : undefined;
  // `::` stands for one group of zeros at least.
  const zeros = 16 - head.length - (tail?.length ?? 16);
  return tail === undefined || zeros < 2 ? undefined : [...head, ...Array<number>(zeros).fill(0), ...tail];
}

/** Four bytes or sixteen; undefined for what is no address. */
function addressOf(text: string): number[] | undefined {
  return text.includes(":") ? ipv6(text) : ipv4(text);
}

/** The first bits of every address in a range, and how many bits those are. */
interface Range {
  bytes: readonly number[];
  bits: number;
}

function rangeOf(cidr: string): Range | undefined {
  const [network = "", bits = ""] = cidr.split("/", 2);
  const bytes = addressOf(network);
  if (bytes === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > bytes.length * 8) return undefined;
  return { bytes, bits: Number(bits) };
}

/** Whether a range in CIDR notation holds an address of its own family; false where one of the two is none. */
export function holds(cidr: string, address: string): boolean {
  const range = rangeOf(cidr);
  const bytes = range === undefined ? undefined : addressOf(address);
  if (range === undefined || bytes?.length !== range.bytes.length) return false;
  return range.bytes.every((byte, index) => {
    const ignored = Math.min(8, Math.max(0, (index + 1) * 8 - range.bits));
    return byte >> ignored === (bytes[index] ?? 0) >> ignored;
  });
}
