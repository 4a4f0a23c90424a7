interface Position {
  imo: number;
  at: string;
  latitude: number;
  longitude: number;
  speedKnots: number;
}

interface Vessel {
  imo: number;
  name: string;
  class: string;
  at: string | null;
  latitude: number | null;
  longitude: number | null;
  speed_knots: number | null;
}

/** The table of vessels. A row's cells change in place: a reader's place in the table, and a screen reader's, stays. */
export class Fleet {
  private readonly rows = new Map<number, HTMLTableRowElement>();

  constructor(private readonly body: HTMLElement) {}

  show(vessels: readonly Vessel[]): void {
    this.clear();
    for (const { imo, name, class: kind, at, latitude, longitude, speed_knots } of vessels) {
      const row = document.createElement("tr");
      const heading = document.createElement("th");
      heading.scope = "row";
      heading.textContent = name;
      row.append(heading);
      for (let cells = 0; cells < 4; cells++) row.insertCell();
      row.cells[1]!.textContent = kind;
      this.rows.set(imo, row);
      this.body.append(row);
      if (at !== null && latitude !== null && longitude !== null) {
        this.move({ imo, at, latitude, longitude, speedKnots: speed_knots ?? 0 });
      }
    }
  }

  move({ imo, at, latitude, longitude, speedKnots }: Position): void {
    const cells = this.rows.get(imo)?.cells;
    if (cells === undefined) return;
    cells[2]!.textContent = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
    cells[3]!.textContent = `${speedKnots.toFixed(1)} kn`;
    cells[4]!.textContent = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  }

  clear(): void {
    this.rows.clear();
    this.body.replaceChildren();
  }
}
