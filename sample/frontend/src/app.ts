interface Vessel {
  imo: number;
  name: string;
  class: string;
  at: string | null;
  latitude: number | null;
  longitude: number | null;
  speed_knots: number | null;
}
interface Position {
  imo: number;
  at: string;
  latitude: number;
  longitude: number;
  speedKnots: number;
}
interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const form = element<HTMLFormElement>("login");
const fleet = element("fleet");
const state = element("state");
/** Tokens live in memory only: a script that gets into the page finds none in storage. */
let tokens: Tokens | undefined;
let socket: WebSocket | undefined;
const vessels = new Map<number, Vessel>();

function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

function render(): void {
  const rows = [...vessels.values()].map(({ name, class: kind, at, latitude, longitude, speed_knots }) => {
    const row = document.createElement("tr");
    const place =
      latitude === null || longitude === null ? "unknown" : `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`;
    const speed = speed_knots === null ? "" : `${speed_knots.toFixed(1)} kn`;
    for (const text of [name, kind, place, speed, at === null ? "never" : new Date(at).toISOString()]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  element("vessels").replaceChildren(...rows);
}

function listen(): void {
  if (tokens === undefined) return;
  socket = new WebSocket(`wss://${location.host}/ws`, ["bearer", tokens.accessToken]);
  socket.onopen = () => (state.textContent = "live");
  socket.onmessage = event => {
    const { imo, at, latitude, longitude, speedKnots } = JSON.parse(event.data as string) as Position;
    const vessel = vessels.get(imo);
    if (vessel !== undefined) vessels.set(imo, { ...vessel, at, latitude, longitude, speed_knots: speedKnots });
    render();
  };
  socket.onclose = () => {
    if (tokens === undefined) return;
    state.textContent = "connecting";
    setTimeout(() => void renew().then(listen), 2000);
  };
}

/** Access tokens last a quarter of an hour. */
async function renew(): Promise<void> {
  if (tokens === undefined) return;
  const response = await post("/api/auth/refresh", { refreshToken: tokens.refreshToken });
  if (response.ok) tokens = (await response.json()) as Tokens;
  else if (response.status === 401) signOut();
}

function signOut(): void {
  tokens = undefined;
  socket?.close();
  vessels.clear();
  fleet.hidden = true;
  form.hidden = false;
  state.textContent = "signed out";
}

form.addEventListener("submit", event => {
  event.preventDefault();
  void (async () => {
    const response = await post("/api/auth/login", Object.fromEntries(new FormData(form)));
    element("fault").textContent = response.ok
      ? ""
      : response.status === 429
        ? "Too many attempts; wait a minute."
        : "Wrong name or password.";
    if (!response.ok) return;
    tokens = (await response.json()) as Tokens;
    const list = await fetch("/api/vessels", { headers: { authorization: `Bearer ${tokens.accessToken}` } });
    for (const vessel of (await list.json()) as Vessel[]) vessels.set(vessel.imo, vessel);
    form.reset();
    form.hidden = true;
    fleet.hidden = false;
    render();
    listen();
  })();
});

element("logout").addEventListener("click", () => {
  if (tokens !== undefined) void post("/api/auth/logout", { refreshToken: tokens.refreshToken });
  signOut();
});
